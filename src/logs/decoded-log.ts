import type { LogReading } from "../core/rca/reading.js";

/** A log that was read, with what condensing needs beside the reading. */
export interface DecodedLog extends LogReading {
  readonly name: string;
  /** False for a line that surely names no run. */
  readonly mayNameRun?: (number: number) => boolean;
  /** How often a statement like the one at this line came again, without being kept. */
  readonly repeats: ReadonlyMap<number, number>;
}
