import type { Level } from "../../core/rca/reading.js";
import type { LogLimits } from "../log-limits.js";

/** What a structured log (Airflow 3) says beside the text of a statement. */
export interface RecordHead {
  readonly level: Level | null;
  readonly logger: string | null;
  readonly extra: Readonly<Record<string, string>>;
}

/** One exception of Airflow 3's `error_detail`, outermost first as the server gives them. */
export interface StructuredError {
  readonly type: string;
  readonly value: string;
  readonly notes: readonly string[];
  readonly isCause: boolean;
  /** Member of an exception group. */
  readonly isMember: boolean;
  readonly frames: readonly { readonly file: string; readonly lineNumber: number | null; readonly name: string }[];
}

/** Takes decoded lines in order; whoever implements it counts them. */
export interface LineSink {
  readonly limits: LogLimits;
  /** True when the log is so large that not all of it is kept. */
  readonly large: boolean;
  /** True within a traceback: the next line is wanted, whatever it says. */
  readonly attentive: boolean;
  /** Counts lines of a large log that are let go; one without a number. */
  skip(count?: number): void;
  /** `flags` where it is known what the line may hold (line-gate.ts). */
  line(text: string, flags?: number): void;
  /** A structured statement: its lines, then its error printed as Python prints a traceback. */
  record(head: RecordHead, event: string, errors: readonly StructuredError[]): void;
}

/** Turns bytes into lines, in bounded memory, whatever the bytes are; never throws. */
export interface Decoder {
  push(chunk: Uint8Array): void;
  /** Hands over what is left and says how it ended. */
  end(): DecodingEnd;
}

export interface DecodingEnd {
  /** False when the bytes break off in the middle of their form. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
}
