import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

/** P2: the needed signals that are in at most 2,000 tokens of evidence: `npm run bench -- ci-logs FOLDER`. */
export async function benchCiLogs(folder: string | null): Promise<Figure> {
  const found = folder === null ? [] : Object.keys(needed).filter((name) => existsSync(join(folder, `${name}.log`)));
  const logs =
    folder === null || found.length === 0
      ? [{ text: standIn(), signals: ["error TS2345", "src/cart/total.ts", "exit code 2"] }]
      : found.map((name) => ({ text: readFileSync(join(folder, `${name}.log`)), signals: needed[name] ?? [] }));
  const analyzer = createInlineAnalyzer({ diagnose, redactor: { configuredSecrets: [] } });
  const counter = await loadTokenCounter();
  let tokens = 0;
  let wanted = 0;
  const missed: string[] = [];
  for (const { text, signals } of logs) {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text);
    }
    const session = await analyzer.open([{ name: "ci", tryNumber: 1, format: "text", bytes: bytes() }]);
    const evidence = await session.condense(budget);
    tokens += counter.count(evidence);
    wanted += signals.length;
    missed.push(...signals.filter((signal) => !evidence.includes(signal)));
  }
  const what =
    found.length > 0 ? `${found.length} public CI logs` : "a generated stand-in, since no folder of logs was given";
  return {
    name: `needed signals in the evidence of CI logs (${what})`,
    measured: `recall ${((wanted - missed.length) / wanted).toFixed(2)} (${wanted - missed.length} of ${wanted}${missed.length > 0 ? `; missed ${missed.join(" | ")}` : ""}) at a mean of ${Math.round(tokens / logs.length)} tokens`,
    target: `>= 0.90 at a mean of <= ${budget} tokens`,
  };
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
