import { join } from "node:path";
import { type ConsoleAbout, createConsoleAdapter, sandboxPeople } from "../adapters/console/index.js";
import type { ChatAdapter } from "./chat/adapter.js";
import { type Core, openCore } from "./compose/core.js";
import { holdDataFolder } from "./compose/hold.js";
import { type RunningSandbox, startSandbox } from "./compose/sandbox.js";
import { startWatches } from "./compose/watches.js";
import { wireWork } from "./compose/work.js";
import type { Config } from "./config/config.js";
import type { Clock, Logger } from "./core/ports.js";
import { listenForBridge } from "./mcp/bridge/holder-socket.js";
import { createDurableFile } from "./store/lowdb/durable-file.js";
import { createHealth } from "./web/health.js";
import { createWebServers } from "./web/server.js";

export interface BotDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** Where sockets of too long data folders go. */
  readonly shortDir: string;
  /** Under this name MCP clients on this machine ask for reruns: `mcp:ana`. */
  readonly localUser: string;
}

export interface Bot {
  readonly consoleUrl: string;
  readonly publicUrl: string;
  /** What people should know at the start: what is connected and what is not. */
  readonly notes: readonly string[];
  /** Finishes running work and lets go of everything within the time given. */
  stop(withinMs: number): Promise<void>;
}

/** Wires the rooms and starts: listeners, chat surfaces, polling, and the outbox that survived the last stop. */
export async function startBot(wanted: Config, deps: BotDeps): Promise<Bot> {
  const { clock, logger } = deps;
  const undo: (() => Promise<unknown> | unknown)[] = [];
  try {
    const lock = await holdDataFolder(wanted.dataDir, clock);
    undo.push(() => lock.release());
    const sandbox = wanted.mode === "sandbox" ? await startSandbox(wanted, clock) : null;
    if (sandbox !== null) undo.push(() => sandbox.stop());
    const config = sandbox?.config ?? wanted;
    const core = await openCore(config, { clock, logger, lock, version: deps.version });
    undo.push(() => core.close());

    const health = createHealth({ clock, staleAfterSeconds: Math.max(120, config.pollSeconds * 4) });
    const about = (): ConsoleAbout => ({ connections: connectionNames(config), notes: config.notes });
    const web = consoleAdapter(config, core, sandbox, about);
    const slack = await slackAdapter(config, clock, logger);
    const adapters: readonly ChatAdapter[] = slack === null ? [web] : [web, slack];
    for (const { platform } of adapters) health.expect(platform);

    const servers = createWebServers({
      config,
      routers: {
        platform: slack?.router ? [{ path: "/slack/events", router: slack.router }] : [],
        console: web.router,
      },
      health,
      logger,
    });
    const ports = await servers.start();
    undo.push(() => servers.stop(2_000));

    const work = wireWork(config, core, adapters);
    for (const adapter of adapters) {
      await adapter.start(work.events);
      health.up(adapter.platform);
      undo.push(() => adapter.stop());
    }
    const bridge = await listenForBridge({
      dataDir: config.dataDir,
      shortDir: deps.shortDir,
      createServer: () =>
        core.createServer({ kind: "person", id: `mcp:${deps.localUser}`, name: `${deps.localUser} (MCP)` }),
      clock,
      logger,
    });
    undo.push(() => bridge.close());
    work.dispatcher.start();
    const polls = startWatches(config, core, { wake: work.dispatcher.wake, health });

    return {
      consoleUrl: `http://127.0.0.1:${ports.consolePort}/`,
      publicUrl: `http://${config.host}:${ports.port}/`,
      notes: config.notes,
      async stop(withinMs) {
        health.drain();
        const deadline = AbortSignal.timeout(Math.max(1, withinMs - 5_000));
        // Nothing new comes in first; what is being done may end; then everything is let go in the order it was taken.
        await polls.stop();
        await bridge.drain("ended");
        await work.dispatcher.stop(deadline);
        await runBackwards(undo, logger);
      },
    };
  } catch (error) {
    await runBackwards(undo, logger);
    throw error;
  }
}

async function runBackwards(undo: (() => Promise<unknown> | unknown)[], logger: Logger): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      logger.error({ error }, "something could not be let go of at the stop");
    }
  }
}

function consoleAdapter(config: Config, core: Core, sandbox: RunningSandbox | null, about: () => ConsoleAbout) {
  return createConsoleAdapter({
    people: sandbox === null ? null : sandboxPeople,
    mode: config.mode,
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
  const { createSlackAdapter } = await import("../adapters/slack/index.js");
  return createSlackAdapter({ config: config.slack, clock, logger, proxy: config.proxy });
}

function connectionNames(config: Config): readonly string[] {
  return [...config.airflow, ...config.databricks].map(({ name }) => name);
}
