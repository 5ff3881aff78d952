import type { Clock, Logger } from "../core/ports.js";

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

/** Lets go of one thing that was taken at the start. */
export type Undo = () => Promise<unknown> | unknown;
