import { request } from "node:http";
import express from "express";
import { afterEach, expect, test } from "vitest";
import type { Logger } from "../../../src/core/ports.js";
import { createHealth } from "../../../src/web/health.js";
import { createWebServers, type WebServers } from "../../../src/web/server.js";

const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const started: WebServers[] = [];
afterEach(async () => {
  for (const servers of started.splice(0)) await servers.stop(0);
});

let now = new Date("2026-05-04T02:00:00Z");
const clock = { now: () => now, sleep: async () => {} };

function servers(more: { port?: number; consolePort?: number; host?: string; consoleHosts?: string[] } = {}) {
  const health = createHealth({ clock, staleAfterSeconds: 90 });
  const slack = express.Router();
  slack.post(
    "/",
    express.text({ type: () => true }),
    (incoming, response) => void response.send(`raw:${incoming.body}`),
  );
  const page = express.Router();
  page.get("/", (_request, response) => void response.send("the console"));
  page.post("/act", (_request, response) => void response.send("done"));
  page.get("/never-answers", (_request, response) => response.flushHeaders());
  page.get("/fails", () => {
    throw new Error("secret detail of the inside");
  });
  const web = createWebServers({
    config: { host: "127.0.0.1", port: 0, consolePort: 0, ...more },
    routers: { platform: [{ path: "/slack/events", router: slack }], console: page },
    health,
    logger: quiet,
  });
  started.push(web);
  return { web, health };
}

/** fetch may not set Host, so this goes below it. */
function ask(port: number, path: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("platforms reach PORT with the raw body, the console stays on its own port", async () => {
  const { web } = servers();
  const { port, consolePort } = await web.start();
  const posted = await fetch(`http://127.0.0.1:${port}/slack/events`, { method: "POST", body: '{"a": 1}' });
  expect(await posted.text()).toBe('raw:{"a": 1}');
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect(await (await fetch(`http://127.0.0.1:${consolePort}/`)).text()).toBe("the console");
  expect((await fetch(`http://127.0.0.1:${consolePort}/slack/events`, { method: "POST" })).status).toBe(404);
});

test("every answer carries the headers that keep strangers' pages and scripts out", async () => {
  const { web } = servers();
  const { consolePort } = await web.start();
  const { headers } = await fetch(`http://127.0.0.1:${consolePort}/`);
  expect(headers.get("content-security-policy")).toContain("script-src 'self'");
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(headers.get("content-security-policy")).not.toContain("unsafe");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("x-powered-by")).toBeNull();
});

test.each([
  ["localhost:3979", 200],
  ["127.0.0.1:8080", 200],
  ["[::1]:3979", 200],
  ["pipewright.internal:3979", 200],
  ["LOCALHOST", 200],
  ["rebound.evil.example:3979", 421],
  ["127.0.0.1.evil.example", 421],
  ["localhost.evil.example:3979", 421],
])("the console asked as Host %j answers %i", async (host, status) => {
  const { web } = servers({ consoleHosts: ["pipewright.internal"] });
  const { consolePort } = await web.start();
  expect(await ask(consolePort, "/", { host })).toBe(status);
});

test.each([
  ["http://localhost:3979", 200],
  ["http://localhost:1234", 403],
  ["https://evil.example", 403],
  ["null", 403],
])("a request to the console that %s sent answers %i", async (origin, status) => {
  const { web } = servers();
  const { consolePort } = await web.start();
  expect(await ask(consolePort, "/act", { host: "localhost:3979", origin }, "POST")).toBe(status);
});

test("what breaks inside is told in one sentence without the inside", async () => {
  const { web } = servers();
  const { consolePort } = await web.start();
  const answer = await fetch(`http://127.0.0.1:${consolePort}/fails`);
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(text).toContain("Something went wrong inside Pipewright");
  expect(text).not.toMatch(/secret detail|\bat /);
});

test.each([
  ["PORT", (taken: number) => ({ port: taken })],
  ["PIPEWRIGHT_CONSOLE_PORT", (taken: number) => ({ consolePort: taken })],
])("a taken %s is named with the fix, and nothing stays open", async (setting, config) => {
  const holder = servers().web;
  const first = await holder.start();
  const second = servers(config(first.port));
  await expect(second.web.start()).rejects.toMatchObject({
    code: "config",
    message: `Port ${first.port} (${setting}) on 127.0.0.1 is already in use.`,
    fix: expect.stringContaining(`set ${setting} to a free port`),
  });
  await holder.stop(0);
  await expect(second.web.start()).resolves.toBeDefined();
});

test("a HOST that is not this machine's is named", async () => {
  await expect(servers({ host: "192.0.2.1" }).web.start()).rejects.toMatchObject({
    code: "config",
    fix: expect.stringContaining("HOST"),
  });
});

test("stop lets go of a connection that would be kept alive for ever", async () => {
  const { web } = servers();
  const { port, consolePort } = await web.start();
  await fetch(`http://127.0.0.1:${port}/healthz`);
  await fetch(`http://127.0.0.1:${consolePort}/healthz`);
  await web.stop(60_000);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${consolePort}/healthz`)).rejects.toThrow();
});

test("stop cuts a request that does not end in the time it is given", async () => {
  const { web } = servers();
  const { consolePort } = await web.start();
  const hanging = await fetch(`http://127.0.0.1:${consolePort}/never-answers`);
  await web.stop(1);
  await expect(hanging.text()).rejects.toThrow();
});

test("healthz says alive while readyz still waits, and says for what", async () => {
  now = new Date("2026-05-04T02:00:00Z");
  const { web, health } = servers();
  const { port } = await web.start();
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    const { words, status } = (await answer.json()) as { words: string; status: string };
    return [answer.status, status, words];
  };
  health.expect("store");
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(await ready()).toEqual([503, "starting", "Waiting for store (starting)."]);

  health.up("store");
  health.polled("airflow:prod");
  expect(await ready()).toEqual([200, "ready", "Everything is up."]);

  now = new Date("2026-05-04T02:01:31Z");
  expect(await ready()).toEqual([503, "unready", "Waiting for poll of airflow:prod (last good poll 91 s ago)."]);

  health.polled("airflow:prod");
  health.down("slack", "invalid_auth: put a new SLACK_BOT_TOKEN in place");
  expect(await ready()).toEqual([
    503,
    "unready",
    "Waiting for slack (invalid_auth: put a new SLACK_BOT_TOKEN in place).",
  ]);

  health.drain();
  expect(await ready()).toEqual([503, "draining", "Stopping: running work is being finished."]);
});
