import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBot } from "../../src/compose.js";
import { loadConfig } from "../../src/config/load.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { createSandbox } from "../../src/sandbox/sandbox.js";
import { claudeDouble } from "../fixtures/claude-double.js";
import { clientId, startIdentityProvider } from "../fixtures/identity-provider.js";
import { slackTeam } from "../fixtures/local-slack.js";
import { browserAt } from "../fixtures/plain-browser.js";
import { startSlackDouble } from "../fixtures/slack-double.js";
import { type DatabaseFault, startDatabaseProxy } from "./broken-database.js";
import { breakDisk, type DiskFault } from "./broken-disk.js";
import { type Fault, type Passing, startFaultProxy } from "./fault-proxy.js";
import { effectOf } from "./upstream.js";

export const dependencies = ["airflow", "databricks", "slack", "postgres", "disk", "claude", "issuer"] as const;
export type Dependency = (typeof dependencies)[number];
export type AnyFault = Fault | "refused" | DiskFault | DatabaseFault;

/** Which requests the fault meets while it is on: all, or writing ones and from the first of them on all. */
export type Aim = "all" | "from_first_write";

export interface FaultedWorldOptions {
  readonly dependency: Dependency;
  readonly fault: AnyFault;
  readonly clock: Clock;
  /** How many times as fast as real time its waits pass. */
  readonly speed: number;
  /** An empty database of its own, where the dependency is PostgreSQL. */
  readonly database: string | null;
}

/** The whole product on a simulated company, with one thing it depends on that can be broken and healed. */
export interface FaultedWorld {
  /** True once every connection was looked at. */
  hasLooked(): Promise<boolean>;
  /** A pipeline fails a few seconds from now. */
  breakPipeline(): void;
  strike(aim: Aim): Promise<void>;
  heal(): Promise<void>;
  /** Everything that Ben reads at the console. */
  console(): Promise<string>;
  /** Everything that stands in Slack. */
  slack(): Promise<string>;
  /** Ben presses Approve; the words of whoever refuses to take it, else null. */
  approve(proposal: string): Promise<string | null>;
  /** Ben asks in the thread of a proposal what no rule answers, so that Claude is asked too. */
  ask(proposal: string): Promise<null>;
  /** A colleague signs in to the console; what they read when they can't, else null. */
  signInAnew(): Promise<string | null>;
  /** What was logged at `warn` or worse. */
  readonly log: readonly string[];
  /** What writing requests have done, each as often as it was done. */
  readonly effects: readonly string[];
  /** Requests that met the fault. */
  met(): number;
  /** A request that meets the fault is never answered: until its caller gives up, it holds back whatever comes behind it. */
  readonly hangs: boolean;
  /** As at a SIGTERM; the seconds it took. */
  drain(): Promise<number>;
  stop(): Promise<void>;
}

const ben = { sub: "u-ben", name: "Ben", email: "ben@example.com", email_verified: true };
const drainMs = 25_000;
const slowMs = 1_000;
/** Of each fsync; a commit has two. */
const slowDiskMs = 400;
/** A person looks at something else after that. */
const clickMs = 10_000;

export async function startFaultedWorld(options: FaultedWorldOptions): Promise<FaultedWorld> {
  const { dependency, fault, clock, speed } = options;
  const undo: (() => Promise<unknown>)[] = [];
  const effects: string[] = [];
  const log: string[] = [];
  let on: Aim | null = null;
  let met = 0;
  let writing = false;

  function choose({ method, path, body }: Passing): Fault | null {
    if (on === null || fault === "refused") return null;
    const reads = method === "GET" || body.includes('"dry_run":true') || path.endsWith("/dry_run");
    if (on === "from_first_write" && reads && !writing) return null;
    if (!reads) writing = true;
    met += 1;
    return fault as Fault;
  }
  const proxies: { refuse(): Promise<void>; accept(): Promise<void> }[] = [];
  /** The dependency itself stands behind a proxy; everything else is reached straight. */
  async function reached(name: Dependency, target: string): Promise<string> {
    if (name !== "airflow" && name !== "databricks" && name !== dependency) return target;
    const onAnswer = (passing: Passing, status: number, body: string): void => {
      const effect = name === "airflow" || name === "databricks" ? effectOf(passing, status, body) : null;
      if (effect !== null) effects.push(effect);
    };
    const proxy = await startFaultProxy({
      target,
      choose: (passing) => (name === dependency ? choose(passing) : null),
      onAnswer,
      slowMs: slowMs / speed,
    });
    undo.unshift(() => proxy.stop());
    if (name === dependency) proxies.push(proxy);
    const path = new URL(target).pathname;
    return path === "/" ? proxy.url : `${proxy.url}${path}`;
  }

  const dataDir = await mkdtemp(join(tmpdir(), "pipewright-faults-"));
  undo.unshift(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const configFile = join(dataDir, "pipewright.yaml");
  await writeFile(configFile, "{}");
  const sandbox = createSandbox({ seed: `${dependency} ${fault}`, clock, liveFailures: false });
  const { airflow, airflowUrl, databricks, databricksUrl } = await sandbox.start({ host: "127.0.0.1" });
  undo.unshift(() => sandbox.stop());
  const provider = await startIdentityProvider();
  undo.unshift(() => provider.stop());
  provider.as(ben);
  const issuer = await reached("issuer", provider.issuer);
  provider.server.issuer.url = issuer;
  const slack = await startSlackDouble("http://127.0.0.1:9/slack/events");
  undo.unshift(() => slack.stop());
  const claude = dependency === "claude" ? await claudeDouble(() => ({ content: "{}" })) : null;
  if (claude !== null) undo.unshift(() => claude.stop());
  const database = options.database === null ? null : await startDatabaseProxy(options.database);
  if (database !== null) undo.unshift(() => database.stop());

  const keep = (fields: object, message: string): void => {
    const { err, error } = fields as { err?: unknown; error?: unknown };
    const cause = err ?? error;
    log.push(cause instanceof Error ? `${message}: ${cause.message}` : message);
  };
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: keep, error: keep };
  const config = loadConfig({
    AIRFLOW_BASE_URL: await reached("airflow", airflowUrl),
    AIRFLOW_USERNAME: airflow.reader.username,
    AIRFLOW_PASSWORD: airflow.reader.password,
    AIRFLOW_WRITE_USERNAME: airflow.writer.username,
    AIRFLOW_WRITE_PASSWORD: airflow.writer.password,
    DATABRICKS_HOST: await reached("databricks", databricksUrl),
    DATABRICKS_TOKEN: databricks.reader.token,
    DATABRICKS_WRITE_TOKEN: databricks.writer.token,
    PIPEWRIGHT_DATA_DIR: dataDir,
    PIPEWRIGHT_CONFIG: configFile,
    PIPEWRIGHT_APPROVERS: "console:ben@example.com",
    PIPEWRIGHT_OIDC_ISSUER: issuer,
    PIPEWRIGHT_OIDC_CLIENT_ID: clientId,
    PIPEWRIGHT_OIDC_CLIENT_SECRET: "of-the-client",
    SLACK_BOT_TOKEN: slackTeam.botToken,
    SLACK_SIGNING_SECRET: slackTeam.signingSecret,
    SLACK_CHANNEL: slackTeam.channel,
    SLACK_API_URL: await reached("slack", slack.apiUrl),
    ...(claude === null
      ? {}
      : { ANTHROPIC_API_KEY: "sk-ant-test", ANTHROPIC_BASE_URL: await reached("claude", claude.url) }),
    ...(database === null ? {} : { DATABASE_URL: database.url }),
    PORT: "0",
    PIPEWRIGHT_CONSOLE_PORT: "0",
  });
  const bot = await startBot(config, { clock, logger, version: "0.0.0", shortDir: tmpdir(), localUser: "tester" });
  let drained: number | null = null;
  async function drain(): Promise<number> {
    if (drained !== null) return drained;
    const began = performance.now();
    drained = 0;
    await bot.stop(drainMs);
    drained = (performance.now() - began) / 1000;
    return drained;
  }
  undo.unshift(drain);

  const home = bot.consoleUrl.replace(/\/$/, "");
  const browser = browserAt(home);
  await browser.signIn();
  let healDisk: () => void = () => undefined;
  let clicks = 0;

  async function threads(): Promise<readonly { readonly id: string; readonly messages: string }[]> {
    const listed = (await (await browser.go(`${home}/api/threads`)).json()) as { threads: { id: string }[] };
    return Promise.all(
      listed.threads.map(async ({ id }) => ({
        id,
        messages: await (await browser.go(`${home}/api/threads/${id}`)).text(),
      })),
    );
  }

  return {
    log,
    effects,
    hangs: fault === "half_open",
    met: () => met,
    drain,
    async hasLooked() {
      const { status, words } = await fetch(`${home}/readyz`).then(async (a) => ({
        status: a.status,
        words: await a.text(),
      }));
      return status === 200 && words.includes("poll of airflow") && words.includes("poll of databricks");
    },
    breakPipeline: () =>
      void sandbox.breakSomething(
        dependency === "databricks" ? "orders_daily:spot_loss" : "clickstream_hourly:http_503",
      ),
    async strike(aim) {
      on = aim;
      writing = false;
      if (dependency === "disk") healDisk = breakDisk(dataDir, fault as DiskFault, slowDiskMs / speed);
      else if (database !== null) await database.set(fault as DatabaseFault);
      else if (fault === "refused") for (const proxy of proxies) await proxy.refuse();
    },
    async heal() {
      if (on === null) return;
      on = null;
      healDisk();
      await database?.set(null);
      if (database === null && fault === "refused") for (const proxy of proxies) await proxy.accept();
    },
    console: async () => (await threads()).map(({ messages }) => messages).join("\n"),
    slack: async () => JSON.stringify(await slack.messages(slackTeam.channel)),
    async approve(proposal) {
      const thread = (await threads()).find(({ messages }) => messages.includes(proposal))?.id ?? "";
      clicks += 1;
      const person = "console:ben@example.com";
      const click = `click-of-ben-${clicks}`;
      const event = { kind: "decision", person, click, thread, proposal, verdict: "approved", reason: null };
      const unanswered = new Promise<null>((resolve) => setTimeout(resolve, clickMs / speed, null));
      const answer = await Promise.race([browser.post("/api/events", event), unanswered]);
      return answer === null || answer.status === 202 ? null : answer.text();
    },
    async ask(proposal) {
      const thread = (await threads()).find(({ messages }) => messages.includes(proposal))?.id ?? "";
      const person = "console:ben@example.com";
      const text = "would a warmer room have made a difference?";
      await browser.post("/api/events", { kind: "question", person, click: "question-of-ben", thread, text });
      return null;
    },
    async signInAnew() {
      const colleague = browserAt(home);
      const out = await colleague.go(`${home}/auth/login`);
      if (out.status !== 302) return out.text();
      try {
        const back = await fetch(out.headers.get("location") ?? "", {
          redirect: "manual",
          signal: AbortSignal.timeout(Math.round(clickMs / speed)),
        });
        const inside = await colleague.go(back.headers.get("location") ?? home);
        return inside.status === 302 ? null : inside.text();
      } catch {
        return "The browser can't reach the provider.";
      }
    },
    async stop() {
      for (const step of undo.splice(0)) await step();
    },
  };
}
