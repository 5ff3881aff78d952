import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createHttp, type Http, type HttpDeps } from "../../../src/clients/http.js";
import { errorOf } from "./approved.js";
import {
  brokenOff,
  type FakeServer,
  html,
  json,
  type Reply,
  redirect,
  reset,
  silence,
  startFakeServer,
} from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const dags = z.object({ dags: z.array(z.string()) });
const credentials = { setting: "AIRFLOW_TOKEN", header: async () => "Bearer s3cret-token", renew: async () => false };

let server: FakeServer;
const clock = createHandClock();

async function open(replies: Reply[], deps: Partial<HttpDeps> = {}): Promise<Http> {
  server = await startFakeServer(...replies);
  return openAt(server.url, deps);
}

function openAt(baseUrl: string, deps: Partial<HttpDeps> = {}): Http {
  return createHttp(
    { system: "Airflow", connection: "airflow:prod", baseUrl },
    { clock, redact: (text) => text.replaceAll("s3cret-token", "[REDACTED]"), proxy: null, random: () => 1, ...deps },
  );
}

afterEach(async () => {
  clock.pauses.length = 0;
  await server?.close();
});

describe("a read", () => {
  it("hands back what the schema reads and ignores fields it does not know", async () => {
    const http = await open([json({ dags: ["orders"], brand_new_field: { since: "3.9" } })]);
    expect(await http.read("/api/v2/dags", dags, { query: { limit: 2, state: ["failed", "queued"] } })).toEqual({
      dags: ["orders"],
    });
    expect(server.seen[0]).toMatchObject({ method: "GET", url: "/api/v2/dags?limit=2&state=failed&state=queued" });
  });

  it("keeps a path in front of the API, as behind a reverse proxy", async () => {
    await open([json({ dags: [] })]);
    await openAt(`${server.url}/airflow/`).read("/api/v2/dags", dags);
    expect(server.seen[0]?.url).toBe("/airflow/api/v2/dags");
  });

  it("keeps 64-bit ids exact", async () => {
    const http = await open([json('{"run_id": 9007199254740993, "job_id": 12}')]);
    const ids = z.object({ run_id: z.union([z.string(), z.number()]), job_id: z.number() });
    expect(await http.read("/x", ids)).toEqual({ run_id: "9007199254740993", job_id: 12 });
  });

  it("says who refused the token and which setting to change, without the token", async () => {
    const http = await open([json({ detail: "Unknown token s3cret-token" }, 401)]);
    const error = await errorOf(http.read("/api/v2/dags", dags, { credentials }));
    expect(error).toMatchObject({ reason: "unauthorized", status: 401, retryable: false, ambiguous: false });
    expect(error).toMatchObject({ message: "Airflow airflow:prod refused the credentials (401)." });
    expect(error).toMatchObject({ fix: expect.stringContaining("AIRFLOW_TOKEN") });
    expect(server.seen).toHaveLength(1);
  });

  it("replaces secrets in what the server says, and keeps it to one bounded line", async () => {
    server = await startFakeServer(json(`no such thing:\n s3cret-token ${"x".repeat(900)}`, 400));
    const target = {
      system: "Airflow",
      connection: "airflow:prod",
      baseUrl: server.url,
      explain: (body: string) => body,
    };
    const redact = (text: string) => text.replaceAll("s3cret-token", "[REDACTED]");
    const http = createHttp(target, { clock, redact, proxy: null });
    const { message } = (await errorOf(http.read("/api/v2/dags", dags))) as Error;
    expect(message).toMatch(
      /^Airflow airflow:prod rejected the request \(400\): no such thing: \[REDACTED\] x{200,300}…\.$/,
    );
  });

  it("asks again with renewed credentials, once", async () => {
    const http = await open([json({}, 401), json({ dags: ["orders"] })]);
    let token = "old";
    const renewing = {
      setting: "AIRFLOW_TOKEN",
      header: async () => `Bearer ${token}`,
      renew: async () => {
        token = "new";
        return true;
      },
    };
    await http.read("/api/v2/dags", dags, { credentials: renewing });
    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  it("tells a host that is down, after trying again", async () => {
    const http = await open([silence]);
    await server.close();
    const error = await errorOf(http.read("/api/v2/dags", dags));
    expect(error).toMatchObject({ reason: "unreachable", retryable: true, ambiguous: false });
    expect(String(error)).toContain(`can't be reached at ${new URL(server.url).host} (ECONNREFUSED)`);
    expect(clock.pauses).toEqual([500, 1000, 2000]);
  });

  it("tries again after 503 until it works", async () => {
    const http = await open([json({}, 503), json({}, 502), json({ dags: [] })]);
    expect(await http.read("/api/v2/dags", dags)).toEqual({ dags: [] });
    expect(clock.pauses).toEqual([500, 1000]);
  });

  it("waits as long as Retry-After asks", async () => {
    const http = await open([json({}, 429, { "retry-after": "7" }), json({ dags: [] })]);
    await http.read("/api/v2/dags", dags);
    expect(clock.pauses).toEqual([7000]);
  });

  it("hands a Retry-After of an hour to the caller instead of waiting", async () => {
    const http = await open([json({}, 429, { "retry-after": "3600" })]);
    expect(await errorOf(http.read("/api/v2/dags", dags))).toMatchObject({ reason: "rate_limited", retryable: true });
    expect(clock.pauses).toEqual([]);
  });

  it("does not repeat a plain 500, which asking again seldom heals", async () => {
    const http = await open([json({ detail: "Database error" }, 500)]);
    expect(await errorOf(http.read("/api/v2/dags", dags))).toMatchObject({ reason: "server_error", retryable: true });
    expect(server.seen).toHaveLength(1);
  });

  it("tells a 404 of the API from an address that is no API at all", async () => {
    const http = await open([json({ detail: "Dag not found" }, 404), html(404)]);
    expect(await errorOf(http.read("/api/v2/dags/x", dags))).toMatchObject({
      reason: "not_found",
      message: "Airflow airflow:prod does not know this (404).",
    });
    expect(await errorOf(http.read("/api/v2/dags/x", dags))).toMatchObject({
      reason: "not_found",
      fix: expect.stringContaining("Check the connection's address"),
    });
  });

  it("says so when a web page comes instead of JSON", async () => {
    const http = await open([html()]);
    const error = await errorOf(http.read("/api/v2/dags", dags));
    expect(error).toMatchObject({ reason: "bad_response" });
    expect(String(error)).toContain("web page where JSON is expected");
  });

  it("says which field does not fit when an upgrade changed the answer", async () => {
    const http = await open([json({ dags: "many" })]);
    const error = await errorOf(http.read("/api/v2/dags", dags));
    expect(error).toMatchObject({ reason: "bad_response" });
    expect(String(error)).toContain("dags: ");
  });

  it("tries again after a reset and after an answer that broke off", async () => {
    const http = await open([reset, brokenOff, json({ dags: [] })]);
    expect(await http.read("/api/v2/dags", dags)).toEqual({ dags: [] });
    expect(server.seen).toHaveLength(3);
  });

  it("gives up on an answer that always breaks off, in words", async () => {
    const http = await open([brokenOff]);
    const error = await errorOf(http.read("/api/v2/dags", dags));
    expect(error).toMatchObject({ reason: "bad_response", retryable: true });
    expect(String(error)).toContain("closed the connection before its answer was complete");
  });

  it("stops waiting when the time is up, and does not wait four times", async () => {
    const http = await open([silence]);
    const failing = errorOf(http.read("/api/v2/dags", dags));
    await server.arrived(1);
    clock.advance(20_000);
    expect(await failing).toMatchObject({
      reason: "timeout",
      retryable: true,
      message: expect.stringContaining("20 s"),
    });
    expect(server.seen).toHaveLength(1);
  });

  it("reads no more than the cap", async () => {
    const http = await open([json({ dags: ["x".repeat(70_000)] })], { limits: { maxAnswerBytes: 65_536 } });
    expect(await errorOf(http.read("/api/v2/dags", dags))).toMatchObject({ reason: "too_large" });
  });

  it("follows a redirect inside the deployment, keeping the token there", async () => {
    const http = await open([redirect("/api/v2/dags/"), json({ dags: ["orders"] })]);
    expect(await http.read("/api/v2/dags", dags, { credentials })).toEqual({ dags: ["orders"] });
    expect(server.seen[1]).toMatchObject({ url: "/api/v2/dags/", headers: { authorization: "Bearer s3cret-token" } });
  });

  it("never follows to another host: the token stays home", async () => {
    const elsewhere = await startFakeServer(json({ dags: ["stolen"] }));
    const http = await open([redirect(`${elsewhere.url}/api/v2/dags`)]);
    const error = await errorOf(http.read("/api/v2/dags", dags, { credentials }));
    expect(error).toMatchObject({ reason: "bad_response" });
    expect(String(error)).toContain(new URL(elsewhere.url).host);
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  it("names a login page and a private link for what they are", async () => {
    const http = await open([
      redirect("https://login.example.com/oauth2/authorize"),
      redirect("/login.html?error=private-link-validation-error"),
    ]);
    expect(await errorOf(http.read("/x", dags))).toMatchObject({
      reason: "unauthorized",
      message: expect.stringContaining("login page"),
    });
    expect(await errorOf(http.read("/x", dags))).toMatchObject({
      reason: "forbidden",
      message: expect.stringContaining("private link"),
    });
  });

  it("goes through the proxy to an https target", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const http = openAt("https://airflow.example.com", { proxy: `http://127.0.0.1:${port}`, limits: { attempts: 1 } });
    await errorOf(http.read("/api/v2/dags", dags));
    expect(asked).toEqual(["airflow.example.com:443"]);
    await new Promise((resolve) => proxy.close(resolve));
  });
});
