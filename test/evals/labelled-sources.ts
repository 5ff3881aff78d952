import { basename, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { scoreFolder } from "../../src/cli/eval.js";
import type { Scored } from "../../src/cli/eval-figures.js";
import { emptyCase } from "../../src/core/case.js";
import type { LogAnalyzer, LogInput } from "../../src/core/ports.js";
import type { Choice } from "../../src/core/rca/choose.js";
import { type DiagnosisInput, diagnose, type Judgement } from "../../src/core/rca/diagnose.js";
import type { Statement } from "../../src/core/rca/statement.js";
import type { Verdict } from "../../src/core/verdict.js";
import { createInlineAnalyzer } from "../../src/logs/inline-analyzer.js";
import { createRedactor } from "../../src/telemetry/redact.js";
import { type TextFailure, textFailures } from "./text-failures.js";

/** One labelled failure, diagnosed, with what the engine chose from; null and nothing where it did not come to that. */
export interface Judged {
  readonly scored: Scored;
  readonly choice: Choice | null;
  readonly statements: readonly Statement[];
}

/** Labelled failures of one origin. */
export interface Source {
  readonly name: string;
  readonly judge: (judgement: Judgement) => Promise<readonly Judged[]>;
}

interface Recorded extends Verdict {
  readonly heard: Pick<Judged, "choice" | "statements">;
}

/** A folder of cases, read as `eval` reads it. */
export function folderSource(folder: string): Source {
  return {
    name: basename(resolve(folder)),
    async judge(judgement) {
      const tools = { analyzer: recording(judgement), redactor: createRedactor({ configuredSecrets: [] }) };
      const scored = await scoreFolder(folder, tools, { out: new PassThrough(), err: new PassThrough() });
      return scored.map((one) => ({ scored: one, ...heardOf(one.verdict) }));
    },
  };
}

/** A set of failures in a few lines each: `texts/first`. */
export function textSource(name: string): Source {
  return {
    name,
    async judge(judgement) {
      const analyzer = recording(judgement);
      const judged: Judged[] = [];
      for (const [index, failure] of textFailures(name).entries()) {
        const verdict = await verdictOn(failure, analyzer);
        const [category = "", ...alsoAcceptable] = failure.accepted;
        const label = { category, alsoAcceptable, rootCauseText: [], rerunHelps: null, databricksRunIds: null };
        const id = `${basename(name)}-${index + 1}`;
        const scored = { id, source: name, label, verdict, citations: { right: 0, of: 0 } };
        judged.push({ scored, ...heardOf(verdict) });
      }
      return judged;
    },
  };
}

/** An analyzer whose verdicts carry what they were chosen from. */
function recording(judgement: Judgement): LogAnalyzer {
  const record = (input: DiagnosisInput): Recorded => {
    let heard: Recorded["heard"] = { choice: null, statements: [] };
    const verdict = diagnose(input, {
      ...judgement,
      heard: (choice, statements) => {
        heard = { choice, statements };
      },
    });
    return { ...verdict, heard };
  };
  return createInlineAnalyzer({ diagnose: record, redactor: { configuredSecrets: [] } });
}

function heardOf(verdict: Verdict | null): Recorded["heard"] {
  return (verdict as Recorded | null)?.heard ?? { choice: null, statements: [] };
}

async function verdictOn(failure: TextFailure, analyzer: LogAnalyzer): Promise<Verdict> {
  const { log } = failure;
  const bytes = async function* (): AsyncIterable<Uint8Array> {
    yield new TextEncoder().encode(log ?? "");
  };
  const logs: LogInput[] = log === null ? [] : [{ name: "log", tryNumber: 1, format: "unknown", bytes: bytes() }];
  const session = await analyzer.open(logs);
  try {
    return await session.diagnose({ ...emptyCase, ...failure.facts });
  } finally {
    await session.close();
  }
}
