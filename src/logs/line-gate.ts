import { tellingLiterals } from "../core/rca/telling-lines.js";
import { createLiteralScanner } from "../telemetry/literal-scanner.js";
import type { Redactor } from "../telemetry/redact.js";

/** What a line may hold, as bits: one that is not set promises that nothing of its kind stands there. */
export const mayHold = { secret: 1, run: 2, tellingWord: 4, traceback: 8 } as const;
export const mayHoldAll = 15;

/** Where in a text something may stand, in order, each place with its bit. */
export interface Places {
  readonly at: readonly number[];
  readonly bits: readonly number[];
}

/** Reads a text once for all that later readers look for, so that they need not look at most lines again. */
export interface LineGate {
  /** Of a text of whole lines; what stands behind its last line end is not told. */
  places(text: string, bytes: Uint8Array): Places;
  /** Of one line. */
  flagsOf(line: string): number;
}

/** At least one of these stands in every line that names a run. */
export const runLiterals = ["run_id", "run-id", "/run/", "/runs/", "runs/get", "runs/export", " run ", "run: "];
/** At least one of these stands in every line that opens a traceback. */
const tracebackLiterals = [
  "traceback",
  "exception",
  "error",
  "throwable",
  "failure",
  "interrupt",
  "death",
  'file "',
  "panic: ",
  "panicked",
];
/** Longer lines are looked at by each reader. */
const longestGated = 16_384;
const lineEnd = 10;
const gates = new WeakMap<Redactor, LineGate>();

/** The gate that knows the secrets of this redactor; made once. */
export function gateOf(redactor: Redactor): LineGate {
  const known = gates.get(redactor);
  if (known !== undefined) return known;
  const made = createLineGate(redactor.literals);
  gates.set(redactor, made);
  return made;
}

function createLineGate(secrets: readonly string[]): LineGate {
  const scanner = createLiteralScanner([secrets, runLiterals, tellingLiterals, tracebackLiterals]);
  const scratch = Buffer.alloc(longestGated + 1);
  return {
    places(text, bytes) {
      const at: number[] = [];
      const bits: number[] = [];
      const oneByte = bytes.length === text.length ? bytes : Buffer.from(text, "latin1");
      scanner.visit(oneByte, (start, group) => {
        at.push(start);
        bits.push(group);
        return start + 1;
      });
      return { at, bits };
    },
    flagsOf(line) {
      const length = line.length;
      if (length > longestGated) return mayHoldAll;
      scratch.write(line, 0, length, "latin1");
      scratch[length] = lineEnd;
      let flags = 0;
      scanner.visit(scratch.subarray(0, length + 1), (start, group) => {
        flags |= group;
        return flags === mayHoldAll ? length : start + 1;
      });
      return flags;
    },
  };
}
