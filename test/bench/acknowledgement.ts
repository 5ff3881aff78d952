import { type ChildProcess, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { on, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { slackTeam } from "../fixtures/local-slack.js";
import { startSlackDouble } from "../fixtures/slack-double.js";
import type { ChildReport } from "./acknowledgement-child.js";
import type { Figure } from "./figure.js";

const logSize = 2 * 1024 ** 3;
const everyMs = 5;
const aloneMs = 5_000;
const targetMs = 30;
/** First in, first out: a connection that rests for 5 s is closed by the server. */
const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" });
const nameOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** P9: how long Slack waits for its answer, kept durably, while the same process diagnoses a log of 2 GB; 200 events a second. */
export async function benchAcknowledgement(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  const slack = await startSlackDouble("");
  const logs = fork(nameOf("./long-log-server.js"), [String(logSize)]);
  const bot = fork(nameOf("./acknowledgement-child.js"), [slack.apiUrl, folder]);
  try {
    const [[logUrl], listening] = await Promise.all([once(logs, "message"), reportOf(bot, "listening")]);
    await sendFor(listening.url, within(1_000));
    const alone = await sendFor(listening.url, within(aloneMs));
    const diagnosed = reportOf(bot, "diagnosed");
    bot.send(String(logUrl));
    const busy = await sendFor(listening.url, diagnosed);
    const { ms, lines, category } = await diagnosed;
    if (category === null) throw new Error("The bench's log was not understood.");
    const refused = [...alone, ...busy].filter((one) => one.status !== 200).length;
    return {
      name: `acknowledgement of Slack's events while a 2 GB log is diagnosed (${1_000 / everyMs} events a second, kept before they are answered)`,
      measured: `p99 ${at(busy, 0.99)} ms (median ${at(busy, 0.5)}, most ${at(busy, 1)}; n=${busy.length}, not answered well ${refused}; without the diagnosis p99 ${at(alone, 0.99)}, median ${at(alone, 0.5)}); ${lines} lines in ${(ms / 1_000).toFixed(1)} s`,
      target: `p99 <= ${targetMs} ms`,
    };
  } finally {
    agent.destroy();
    await Promise.all([ended(bot), ended(logs), slack.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Answered {
  readonly status: number;
  readonly ms: number;
}

/** Sends at a fixed rate, whatever comes back, until `end`. */
async function sendFor(url: string, end: Promise<unknown>): Promise<readonly Answered[]> {
  const sent: Promise<Answered>[] = [];
  let over = false;
  const stop = end.then(() => {
    over = true;
  });
  const started = performance.now();
  while (!over) {
    while (sent.length * everyMs <= performance.now() - started) sent.push(send(url));
    await Promise.race([stop, within(everyMs)]);
  }
  return Promise.all(sent);
}

let events = 0;

function send(url: string): Promise<Answered> {
  events += 1;
  const body = JSON.stringify({
    type: "event_callback",
    event_id: `Ev${events}`,
    event: {
      type: "app_mention",
      channel: slackTeam.channel,
      user: slackTeam.people.ana,
      ts: `1772590900.${String(events).padStart(6, "0")}`,
      text: `<@${slackTeam.bot}> why orders_daily`,
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", slackTeam.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${signature}`,
  };
  const started = performance.now();
  return new Promise((resolve) => {
    const answered = (status: number): void => resolve({ status, ms: performance.now() - started });
    const asked = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume().once("end", () => answered(response.statusCode ?? 0));
    });
    asked.once("error", () => answered(0)).end(body);
  });
}

async function reportOf<Kind extends ChildReport["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<ChildReport & { readonly kind: Kind }> {
  for await (const [report] of on(child, "message", { close: ["exit"] }))
    if ((report as ChildReport).kind === kind) return report as ChildReport & { readonly kind: Kind };
  throw new Error(`The bench's process ended before it was ${kind}.`);
}

function within(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.disconnect();
  await exit;
}

function at(answers: readonly Answered[], share: number): string {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}
