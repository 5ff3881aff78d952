/** One thing somebody said about the failure: an exception, an output line, a state, an event. The engine weighs these. */

export type StatementKind = "exception" | "line" | "state" | "event" | "end";

/** How the statement hangs on the end of the try; only `ending`, `output` and `databricks` may stand alone as a cause. */
export type Origin = "ending" | "output" | "logged" | "handled" | "databricks" | "cluster" | "airflow" | "earlier";

/** A line as it stands in its source. */
export interface Quote {
  readonly source: string;
  readonly line: number | null;
  readonly text: string;
}

export interface Statement {
  readonly kind: StatementKind;
  readonly origin: Origin;
  /** Exception type as printed, termination code, event name; null for plain lines. */
  readonly type: string | null;
  /** `Type: message`, bounded; what signatures read. */
  readonly text: string;
  /** Frames and lines around it, bounded; some proofs need them. */
  readonly context: string;
  /** The statement's own lines, the telling one first. */
  readonly quotes: readonly Quote[];
  /** 0..1: how near to the end of the try and to the root of its chain. */
  readonly weight: number;
  /** True when the deepest frame of the team's own code is the one that raised it, or no library frame is below it. */
  readonly raisedInOwnCode: boolean;
}

/** Matching reads at most this much of a statement, so that a megabyte-long line costs no more than a short one. */
export const textBound = 4_000;

/** Head and tail of a long text. */
export function bounded(text: string, bound = textBound): string {
  if (text.length <= bound) return text;
  const tail = Math.floor(bound / 4);
  return `${text.slice(0, bound - tail)} … ${text.slice(-tail)}`;
}

/** The exception's short name: `KeyError` of `builtins.KeyError`. */
export function shortType(type: string): string {
  const cut = Math.max(type.lastIndexOf("."), type.lastIndexOf("$"));
  return cut < 0 ? type : type.slice(cut + 1);
}
