import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { createSlackAdapter } from "../../adapters/slack/index.js";
import { systemClock } from "../../src/compose/system-clock.js";
import { emptyCase } from "../../src/core/case.js";
import { createDispatcher, type OutboxHandler } from "../../src/flows/dispatch-outbox.js";
import { createChatEvents } from "../../src/flows/take-chat-event.js";
import { createWorkerAnalyzer } from "../../src/logs/worker.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { createHealth } from "../../src/web/health.js";
import { createWebServers } from "../../src/web/server.js";
import { slackTeam } from "../fixtures/local-slack.js";
import { silentLogger } from "../fixtures/silent-logger.js";

/** What the process that acknowledges tells its parent: where it listens, and each diagnosis that ended. */
export type ChildReport =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "diagnosed"; readonly ms: number; readonly lines: number; readonly category: string | null };

/** Runs in a process of its own: Slack's listener on a real store; a log's address sent to it is read and diagnosed. */
const [apiUrl = "", dataDir = ""] = process.argv.slice(2);
const clock = systemClock;
const logger = silentLogger;
const report = (what: ChildReport): void => void process.send?.(what);
const secret = (value: string) => ({ name: "BENCH", read: () => value });

const ids = createIds(randomBytes, clock);
const store = await openFileStore({ dataDir, clock, ids, logger });
const adapter = createSlackAdapter({
  config: {
    botToken: secret(slackTeam.botToken),
    signingSecret: secret(slackTeam.signingSecret),
    appToken: null,
    channel: slackTeam.channel,
    apiUrl,
  },
  clock,
  logger,
});
if (adapter.router === null) throw new Error("Slack over HTTP has a router.");
const web = createWebServers({
  config: { host: "127.0.0.1", port: 0, consolePort: 0 },
  routers: { platform: [{ path: "/slack/events", router: adapter.router }], console: adapter.router },
  health: createHealth({ clock, staleAfterSeconds: 600 }),
  logger,
});
/** Takes the questions off the list again; what answering costs is another matter. */
const answered: OutboxHandler = async () => undefined;
const dispatcher = createDispatcher({ store, clock, logger, handlers: new Map([["answer", answered]]) });
dispatcher.start();
await adapter.start(createChatEvents({ store, clock, ids, wake: dispatcher.wake }));
const { port } = await web.start();
const analyzer = createWorkerAnalyzer({ redactor: { configuredSecrets: [] } });

process.on("message", (logUrl: string) => void diagnose(logUrl));
process.once("disconnect", () => process.exit());
report({ kind: "listening", url: `http://127.0.0.1:${port}/slack/events` });

async function diagnose(logUrl: string): Promise<void> {
  const started = performance.now();
  const { body } = await fetch(logUrl);
  if (body === null) throw new Error("The log has no body.");
  const session = await analyzer.open([{ name: "long", tryNumber: 1, format: "text", bytes: body }]);
  const verdict = await session.diagnose(emptyCase);
  const lines = await session.lineCount();
  await session.close();
  report({ kind: "diagnosed", ms: performance.now() - started, lines, category: verdict.category });
}
