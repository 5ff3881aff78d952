import type { Config } from "../config/config.js";
import type { Clock, Logger } from "../core/ports.js";
import { createApprovalsDesk, DeskReply, type DeskRequest } from "../flows/approvals-desk.js";
import { askDesk } from "../mcp/bridge/reach-holder.js";
import { openCore } from "./core.js";
import { holdDataFolder } from "./hold.js";
import { wireWork } from "./work.js";

export interface DeskDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly localUser: string;
}

export interface DeskAnswer {
  readonly reply: DeskReply;
  /** False: no bot runs, so what was decided waits for the next `start`. */
  readonly isRunning: boolean;
}

/** Asks the bot that holds the data folder; where none runs, opens the store for this one request. */
export async function askAtDesk(config: Config, request: DeskRequest, deps: DeskDeps): Promise<DeskAnswer> {
  const answered = await askDesk(config.dataDir, request);
  if (answered !== null) return { reply: DeskReply.parse(answered), isRunning: true };
  const { clock, logger, localUser } = deps;
  const lock = await holdDataFolder(config.dataDir, clock);
  try {
    const core = await openCore(config, { clock, logger, lock, version: deps.version });
    try {
      const { approvals } = wireWork(config, core, []);
      const { store } = core;
      const desk = createApprovalsDesk({ store, approvals, clock, logger, localUser, wake: () => undefined });
      return { reply: await desk(request), isRunning: false };
    } finally {
      await core.close();
    }
  } finally {
    await lock.release();
  }
}
