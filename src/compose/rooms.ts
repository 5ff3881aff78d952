import { join } from "node:path";
import { type ConsoleAbout, createConsoleAdapter, sandboxPeople } from "../../adapters/console/index.js";
import type { SignIn } from "../../adapters/console/sign-in/index.js";
import type { ChatAdapter } from "../chat/adapter.js";
import type { Config } from "../config/config.js";
import type { Clock, Logger } from "../core/ports.js";
import { createApprovalsDesk } from "../flows/approvals-desk.js";
import { createSignedIn } from "../flows/signed-in.js";
import { listenForBridge } from "../mcp/bridge/holder-socket.js";
import { createDurableFile } from "../store/lowdb/durable-file.js";
import type { Lock } from "../store/lowdb/lock.js";
import type { Health } from "../web/health.js";
import type { BotDeps, Undo } from "./bot.js";
import { type Core, openCore } from "./core.js";
import { mcpOverHttp } from "./mcp-over-http.js";
import { proxiedFetch } from "./proxied-fetch.js";
import { redactedAdapter } from "./redacted.js";
import { type RunningSandbox, startSandbox } from "./sandbox.js";
import { startWatches } from "./watches.js";
import { wireWork } from "./work.js";

/** Opens everything behind the listeners; each thing that must be let go of again is put on `undo`. */
export async function openRooms(wanted: Config, lock: Lock, deps: BotDeps, undo: Undo[]) {
  const { clock, logger } = deps;
  const sandbox = wanted.mode === "sandbox" ? await startSandbox(wanted, clock) : null;
  if (sandbox !== null) undo.push(() => sandbox.stop());
  const config = sandbox?.config ?? wanted;
  const core = await openCore(config, { clock, logger, lock, version: deps.version });
  undo.push(() => core.close());

  const console = consoleAdapter(config, core, sandbox, await openSignIn(config, core, undo));
  const slack = await slackAdapter(config, clock, logger);
  const surfaces: readonly ChatAdapter[] = slack === null ? [console] : [console, slack];
  const adapters = surfaces.map((surface) => redactedAdapter(surface, core.redact));
  const work = wireWork(config, core, adapters);
  const { store } = core;
  const { approvals, dispatcher } = work;
  const { localUser } = deps;
  const desk = createApprovalsDesk({ store, approvals, clock, logger, localUser, wake: dispatcher.wake });
  const requester = { kind: "person", id: `mcp:${deps.localUser}`, name: `${deps.localUser} (MCP)` } as const;
  return {
    config,
    core,
    console,
    slack,
    adapters,
    work,
    mcp: mcpOverHttp(config, core),
    startWatches: (health: Health) => startWatches(config, core, { wake: work.dispatcher.wake, health }),
    openBridge: () =>
      listenForBridge({
        dataDir: config.dataDir,
        shortDir: deps.shortDir,
        createServer: () => core.createServer(requester, config.mcp.stdioMayPropose),
        desk,
        clock,
        logger,
      }),
  };
}

/** The client of the provider is loaded only where sign-in is configured; the sandbox has people of its own. */
async function openSignIn({ mode, oidc, proxy }: Config, core: Core, undo: Undo[]) {
  if (oidc === null || mode === "sandbox") return null;
  const { createSignIn } = await import("../../adapters/console/sign-in/index.js");
  const { fetch, close } = proxiedFetch(oidc.issuer, proxy);
  undo.push(close);
  const { clock, logger } = core;
  return createSignIn({ config: oidc, signedIn: createSignedIn(core), clock, logger, fetch });
}

function consoleAdapter(config: Config, core: Core, sandbox: RunningSandbox | null, signIn: SignIn | null) {
  const about = (): ConsoleAbout => ({
    connections: [...config.airflow, ...config.databricks].map(({ name }) => name),
    notes: config.notes,
  });
  return createConsoleAdapter({
    people: sandbox === null ? null : sandboxPeople,
    mode: config.mode,
    signIn,
    history: createDurableFile<unknown>(join(config.dataDir, "console.json")),
    ...(sandbox === null ? {} : { breakMenu: sandbox.breakMenu }),
    about,
    clock: core.clock,
    ids: core.ids,
    logger: core.logger,
  });
}

/** Slack's SDK is loaded only where Slack is configured. */
async function slackAdapter(config: Config, clock: Clock, logger: Logger) {
  if (config.slack === null) return null;
  const { createSlackAdapter } = await import("../../adapters/slack/index.js");
  return createSlackAdapter({ config: config.slack, clock, logger, proxy: config.proxy });
}
