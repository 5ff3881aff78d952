import { Agent } from "node:http";
import { parse } from "lossless-json";
import fetch, { type Headers } from "node-fetch";
import {
  createSandbox,
  type Sandbox,
  type SandboxAddresses,
  type SandboxOptions,
} from "../../../src/sandbox/sandbox.js";

const START = "2026-11-22T18:40:00Z";

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The body with 64-bit ids as strings. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of foreign APIs are looked into freely here
  readonly body: any;
}

export interface Visit {
  readonly sandbox: Sandbox;
  readonly at: SandboxAddresses;
  /** Moves the clock a second at a time, with a look at the world after each. */
  pass(seconds: number): void;
  /** Moves the clock at once. */
  leap(seconds: number): void;
  airflow(method: string, path: string, body?: unknown, as?: "reader" | "writer"): Promise<Answer>;
  databricks(method: string, path: string, body?: unknown, as?: "reader" | "writer"): Promise<Answer>;
  close(): Promise<void>;
}

/** A server that starts again on its old port must not meet a connection of its former life. */
const agent = new Agent({ keepAlive: false });

const open: Visit[] = [];

/** Starts a sandbox on free ports with a clock that only the test moves. */
export async function visit(options: Partial<SandboxOptions> = {}, start = START): Promise<Visit> {
  let now = Date.parse(start);
  const sandbox = createSandbox({ seed: 7, clock: () => new Date(now), ...options });
  const at = await sandbox.start({ host: "127.0.0.1" });
  const tokens = new Map<string, string>();
  const tokenOf = async (as: "reader" | "writer"): Promise<string> => {
    const known = tokens.get(as);
    if (known !== undefined) return known;
    const { username, password } = at.airflow[as];
    const given = await ask(`${at.airflowUrl}/auth/token`, "POST", { username, password });
    tokens.set(as, given.body.access_token);
    return given.body.access_token;
  };
  const guest: Visit = {
    sandbox,
    at,
    pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        now += 1_000;
        sandbox.snapshot();
      }
    },
    leap(seconds) {
      now += seconds * 1_000;
    },
    airflow: async (method, path, body, as = "writer") =>
      ask(`${at.airflowUrl}/api/v2${path}`, method, body, await tokenOf(as)),
    databricks: (method, path, body, as = "writer") =>
      ask(`${at.databricksUrl}/api/2.2${path}`, method, body, at.databricks[as].token),
    close: () => sandbox.stop(),
  };
  open.push(guest);
  return guest;
}

/** Call it in afterEach. */
export async function leaveAll(): Promise<void> {
  for (const guest of open.splice(0)) await guest.close();
}

export async function ask(url: string, method: string, body?: unknown, token?: string, headers = {}): Promise<Answer> {
  const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, {
    agent,
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, body: exact(text) };
}

/** JSON.parse rounds ids above 2^53; here they become strings. */
function exact(text: string): unknown {
  try {
    return parse(text, null, (digits) =>
      Number.isSafeInteger(Number(digits)) || digits.includes(".") ? Number(digits) : digits,
    );
  } catch {
    return text;
  }
}

export function runPath(dagId: string, runId: string): string {
  return `/dags/${dagId}/dagRuns/${encodeURIComponent(runId)}`;
}

/** The run of a pipeline that is failed now; the newest if there are several. */
export function failedRun(guest: Visit, dagId: string): { runId: string; tasks: Readonly<Record<string, string>> } {
  const run = guest.sandbox.snapshot().dagRuns.findLast((one) => one.dagId === dagId && one.state === "failed");
  if (run === undefined) throw new Error(`no failed run of ${dagId}`);
  return run;
}

export function runState(guest: Visit, dagId: string, runId: string): string {
  return guest.sandbox.snapshot().dagRuns.find((run) => run.dagId === dagId && run.runId === runId)?.state ?? "gone";
}
