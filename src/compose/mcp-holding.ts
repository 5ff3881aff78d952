import type { Config } from "../config/config.js";
import type { Clock, Logger } from "../core/ports.js";
import type { Holding } from "../mcp/run-mcp-command.js";
import { openCore } from "./core.js";
import { tryLock } from "./hold.js";
import { startSandbox } from "./sandbox.js";

export interface McpHoldingDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly localUser: string;
}

/** The data folder held by an `mcp` alone: it reads, diagnoses and proposes. Polling, chat and execution wait for the bot. */
export async function holdForMcp(wanted: Config, deps: McpHoldingDeps): Promise<Holding | null> {
  const { clock, logger, localUser } = deps;
  const lock = await tryLock(wanted.dataDir, "mcp");
  if (lock === null) return null;
  try {
    const sandbox = wanted.mode === "sandbox" ? await startSandbox(wanted, clock) : null;
    const core = await openCore(sandbox?.config ?? wanted, { clock, logger, lock, version: deps.version });
    return {
      createServer: () =>
        core.createServer(
          { kind: "person", id: `mcp:${localUser}`, name: `${localUser} (MCP)` },
          wanted.mcp.stdioMayPropose,
        ),
      async release() {
        await core.close();
        await sandbox?.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
