import type { Config } from "../config/config.js";
import { ConfigError } from "../core/errors.js";
import { listenForBridge } from "../mcp/bridge/holder-socket.js";
import { createMcpListener } from "../web/mcp-listener.js";
import type { BotDeps, Undo } from "./bot.js";
import { openCore } from "./core.js";
import { holdDataFolder } from "./hold.js";
import { mcpOverHttp } from "./mcp-over-http.js";
import { startSandbox } from "./sandbox.js";

export interface McpAlone {
  readonly url: string;
  /** Answers what is under way and lets go of everything; once. */
  stop(): Promise<void>;
}

const drainMs = 10_000;

/**
 * MCP over HTTP without chat surfaces: it reads, diagnoses and proposes; polling, cards and execution wait for the bot. It
 * makes room when a bot starts on the data folder, which then serves the same address; `onLeft` is called after that.
 */
export async function serveMcpAlone(wanted: Config, deps: BotDeps, onLeft: () => void): Promise<McpAlone> {
  if (wanted.mcp.tokens.length === 0) {
    throw new ConfigError(
      "MCP over HTTP has no tokens: nobody could come in, so nothing was started.",
      "Name some under mcp in the file of PIPEWRIGHT_CONFIG; manifests/pipewright.example.yaml shows how.",
    );
  }
  const { clock, logger } = deps;
  const undo: Undo[] = [];
  const release = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const lock = await holdDataFolder(wanted.dataDir, clock, "mcp");
    undo.push(() => lock.release());
    const sandbox = wanted.mode === "sandbox" ? await startSandbox(wanted, clock) : null;
    if (sandbox !== null) undo.push(() => sandbox.stop());
    const config = sandbox?.config ?? wanted;
    const core = await openCore(config, { clock, logger, lock, version: deps.version });
    undo.push(() => core.close());
    const endpoint = mcpOverHttp(config, core);
    const listener = createMcpListener(config.consolePort, endpoint.router, logger);
    const port = await listener.start();
    undo.push(() => listener.stop(1_000));
    undo.push(() => endpoint.drain(AbortSignal.timeout(drainMs)));
    const requester = { kind: "person", id: `mcp:${deps.localUser}`, name: `${deps.localUser} (MCP)` } as const;
    let leaving: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      leaving ??= release();
      return leaving;
    };
    const bridge = await listenForBridge({
      dataDir: config.dataDir,
      shortDir: deps.shortDir,
      createServer: () => core.createServer(requester, config.mcp.stdioMayPropose),
      async letGo() {
        await bridge.drain("moving");
        await stop();
        onLeft();
      },
      clock,
      logger,
    });
    undo.push(() => bridge.close());
    return { url: `http://127.0.0.1:${port}/mcp`, stop };
  } catch (error) {
    await release();
    throw error;
  }
}
