import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diagnose } from "../../src/core/rca/diagnose.js";
import { createInlineAnalyzer } from "../../src/logs/inline-analyzer.js";
import { loadTokenCounter } from "../../src/logs/o200k.js";
import type { Figure } from "./figure.js";

const budget = 2_000;

/**
 * What a reader needs of three public CI logs, labelled here before the first run. The logs are not kept in this
 * repository: github.com/eyuansu62/LogDx, cases/{dev,holdout}/NAME/raw.log (CC-BY-4.0), saved as FOLDER/NAME.log.
 */
const needed: Readonly<Record<string, readonly string[]>> = {
  "cargo-tokio-001": ["error[E0308]: mismatched types", "macros_type_mismatch.rs", "exit code 100"],
  "pytest-pandas-001": ["FAILED pandas/tests/", "DeprecationWarning: The 'generic' unit", "exit code 1"],
  "docs-transformers-001": [
    "SyntaxError: invalid syntax",
    "There was an error when converting",
    "model_doc/llama.md",
    "exit code 1",
  ],
};

interface CiLog {
  readonly text: Buffer | string;
  /** Of each signal any of the wordings will do. */
  readonly signals: readonly (readonly string[])[];
}

/**
 * P2: the needed signals that are in at most 2,000 tokens of evidence: `npm run bench -- ci-logs FOLDER`, where FOLDER holds the
 * logs above as NAME.log, or a checkout of LogDx's `cases/`, which is then judged by its own labels.
 */
export async function benchCiLogs(folder: string | null): Promise<Figure> {
  const found = folder === null ? [] : [...labelledHere(folder), ...labelledThere(folder)];
  const logs: readonly CiLog[] =
    found.length > 0
      ? found
      : [{ text: standIn(), signals: [["error TS2345"], ["src/cart/total.ts"], ["exit code 2"]] }];
  const analyzer = createInlineAnalyzer({ diagnose, redactor: { configuredSecrets: [] } });
  const counter = await loadTokenCounter();
  let tokens = 0;
  const recalls: number[] = [];
  const missed: string[] = [];
  for (const { text, signals } of logs) {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text);
    }
    const session = await analyzer.open([{ name: "ci", tryNumber: 1, format: "text", bytes: bytes() }]);
    const evidence = await session.condense(budget);
    tokens += counter.count(evidence);
    const lost = signals.filter((wordings) => !wordings.some((wording) => evidence.includes(wording)));
    recalls.push(1 - lost.length / signals.length);
    missed.push(...lost.map(([wording = ""]) => wording));
  }
  const recall = recalls.reduce((sum, one) => sum + one, 0) / recalls.length;
  const shown = missed.slice(0, 12).join(" | ");
  const what =
    found.length > 0 ? `${found.length} public CI logs` : "a generated stand-in, since no folder of logs was given";
  return {
    name: `needed signals in the evidence of CI logs (${what})`,
    measured: `mean recall ${recall.toFixed(3)}${missed.length > 0 ? ` (missed ${missed.length}: ${shown})` : ""} at a mean of ${Math.round(tokens / logs.length)} tokens`,
    target: `>= 0.90 at a mean of <= ${budget} tokens`,
  };
}

function labelledHere(folder: string): readonly CiLog[] {
  return Object.entries(needed)
    .filter(([name]) => existsSync(join(folder, `${name}.log`)))
    .map(([name, signals]) => ({
      text: readFileSync(join(folder, `${name}.log`)),
      signals: signals.map((signal) => [signal]),
    }));
}

interface Truth {
  readonly required_signals: readonly {
    readonly value?: string;
    readonly aliases?: readonly string[];
    readonly file?: string;
  }[];
}

function labelledThere(folder: string): readonly CiLog[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === "raw.log")
    .map((path) => join(folder, dirname(path)))
    .map((place) => {
      const truth = JSON.parse(readFileSync(join(place, "ground_truth.json"), "utf8")) as Truth;
      const signals = truth.required_signals.map(({ value, aliases = [], file }) =>
        [value, ...aliases, file].filter((wording) => wording !== undefined).map((wording) => wording.trim()),
      );
      return { text: readFileSync(join(place, "raw.log")), signals };
    });
}

function standIn(): string {
  const stamp = (n: number): string => `2026-03-01T02:00:${String(n % 60).padStart(2, "0")}.0000000Z `;
  const lines = Array.from({ length: 6_000 }, (_, n) => `${stamp(n)}Compiled module ${n} of the shop in ${n % 90} ms`);
  lines.splice(
    4_100,
    0,
    `${stamp(7)}src/cart/total.ts(41,9): error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.`,
  );
  lines.push(`${stamp(9)}##[error]Process completed with exit code 2.`);
  return lines.join("\n");
}
