import { tellingLiterals } from "../core/rca/telling-lines.js";
import { createLiteralScanner } from "../telemetry/literal-scanner.js";
import type { Redactor } from "../telemetry/redact.js";

/** What a line may hold, as bits: one that is not set promises that nothing of its kind stands there. */
export const mayHold = { secret: 1, run: 2, tellingWord: 4, traceback: 8, colour: 16 } as const;
export const mayHoldAll = 31;

/** Where in a text something may stand, line by line, each place with its bit. */
export interface Places {
  readonly at: readonly number[];
  readonly bits: readonly number[];
  /** What may stand anywhere in the text. */
  readonly anywhere: number;
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
/** Stands behind every line, and so in some of the literals. */
const lineEnd = "\n";
/** Every colour code begins with it. */
export const escapeCharacter = "\u001b";
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
  return {
    places(text, bytes) {
      const at: number[] = [];
      const bits: number[] = [];
      const oneByte = bytes.length === text.length ? bytes : Buffer.from(text, "latin1");
      scanner.visit(oneByte, (start, group) => {
        at.push(start);
        bits.push(group);
      });
      return { at, bits, anywhere: coloursIn(text) };
    },
    flagsOf(line) {
      if (line.length > longestGated) return mayHoldAll;
      return scanner.groupsIn(`${line}${lineEnd}`) | coloursIn(line);
    },
  };
}

function coloursIn(text: string): number {
  return text.includes(escapeCharacter) ? mayHold.colour : 0;
}
