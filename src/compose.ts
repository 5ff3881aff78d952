import type { ChatAdapter } from "./chat/adapter.js";
import type { Bot, BotDeps, Undo } from "./compose/bot.js";
import { endBy } from "./compose/deadline.js";
import { holdDataFolder } from "./compose/hold.js";
import { lateRouter } from "./compose/late-router.js";
import type { Config } from "./config/config.js";
import type { Logger } from "./core/ports.js";
import { createHealth } from "./web/health.js";
import { createWebServers } from "./web/server.js";

/**
 * Wires the rooms and starts: listeners first, so that health checks are answered while the rest is loaded, then chat
 * surfaces, the outbox that survived the last stop, and polling.
 */
export async function startBot(wanted: Config, deps: BotDeps): Promise<Bot> {
  const { clock, logger } = deps;
  const undo: Undo[] = [];
  try {
    const lock = await holdDataFolder(wanted.dataDir, clock);
    undo.push(() => lock.release());
    const health = createHealth({ clock, staleAfterSeconds: Math.max(120, wanted.pollSeconds * 4) });
    const consolePage = lateRouter();
    const slackEvents = lateRouter();
    const mcpDoor = lateRouter();
    const platform = wanted.slack?.signingSecret ? [{ path: "/slack/events", router: slackEvents.router }] : [];
    const routers = { platform, console: consolePage.router, mcp: mcpDoor.router };
    health.expect("store");
    const servers = createWebServers({
      config: { ...wanted, consoleHosts: consoleHosts(wanted) },
      routers,
      health,
      logger,
    });
    const ports = await servers.start();
    undo.push(() => servers.stop(2_000));

    const { openRooms } = await import("./compose/rooms.js");
    const { config, core, adapters, console, slack, work, mcp, startWatches, openBridge } = await openRooms(
      wanted,
      lock,
      deps,
      undo,
    );
    health.up("store");
    for (const adapter of adapters) await begin(adapter);
    consolePage.open(console.router);
    if (slack?.router) slackEvents.open(slack.router);
    mcpDoor.open(mcp.router);
    const bridge = await openBridge();
    undo.push(() => bridge.close());
    await work.showAgain();
    work.dispatcher.start();
    const polls = startWatches(health);

    async function begin(adapter: ChatAdapter): Promise<void> {
      health.expect(adapter.platform);
      await adapter.start(work.events);
      undo.push(() => adapter.stop());
      health.up(adapter.platform);
    }

    return {
      consoleUrl: `http://127.0.0.1:${ports.consolePort}/`,
      publicUrl: `http://${config.host}:${ports.port}/`,
      notes: config.notes,
      async stop(withinMs) {
        health.drain();
        const deadline = AbortSignal.timeout(Math.max(1, withinMs - 5_000));
        const last = AbortSignal.timeout(Math.max(1, withinMs - 500));
        // Nothing new comes in first; what is being done may end; then everything is let go in the order it was taken.
        const ends = [polls.stop(), bridge.drain("ended"), mcp.drain(deadline), work.dispatcher.stop(deadline)];
        await endBy(deadline, Promise.all(ends.map((end) => orLogged(end, core.logger))));
        // A disk that hangs must not hold the process beyond the time it was given.
        await endBy(last, runBackwards(undo, core.logger));
      },
    };
  } catch (error) {
    await runBackwards(undo, logger);
    throw error;
  }
}

/** Beside loopback, the name under which a proxy hands the console on. */
function consoleHosts({ oidc }: Config): readonly string[] {
  const address = oidc?.consoleUrl ?? null;
  return address === null ? [] : [new URL(address).hostname];
}

/** What can't be ended in order, with the database away, keeps nothing else from being let go of. */
async function orLogged(end: Promise<unknown>, logger: Logger): Promise<void> {
  try {
    await end;
  } catch (error) {
    logger.error({ error }, "something did not end as it should at the stop");
  }
}

async function runBackwards(undo: Undo[], logger: Logger): Promise<void> {
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      logger.error({ error }, "something could not be let go of at the stop");
    }
  }
}
