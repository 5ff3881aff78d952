import { basename, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { scoreFolder } from "../../src/cli/eval.js";
import type { Scored } from "../../src/cli/eval-figures.js";
import { emptyCase } from "../../src/core/case.js";
import type { LogAnalyzer, LogInput } from "../../src/core/ports.js";
import { type DiagnosisInput, diagnose, type Judgement } from "../../src/core/rca/diagnose.js";
import type { Verdict } from "../../src/core/verdict.js";
import { createInlineAnalyzer } from "../../src/logs/inline-analyzer.js";
import { createRedactor } from "../../src/telemetry/redact.js";
import { type TextFailure, textFailures } from "./text-failures.js";

/** One labelled failure, diagnosed, with the strength of proof that its confidence was made of; null where none was asked for. */
export interface Judged {
  readonly scored: Scored;
  readonly strength: number | null;
}

/** Labelled failures of one origin. */
export interface Source {
  readonly name: string;
  readonly judge: (judgement: Judgement) => Promise<readonly Judged[]>;
}

interface Recorded extends Verdict {
  readonly strength: number | null;
}

/** A folder of cases, read as `eval` reads it. */
export function folderSource(folder: string): Source {
  return {
    name: basename(resolve(folder)),
    async judge(judgement) {
      const tools = { analyzer: recording(judgement), redactor: createRedactor({ configuredSecrets: [] }) };
      const scored = await scoreFolder(folder, tools, { out: new PassThrough(), err: new PassThrough() });
      return scored.map((one) => ({ scored: one, strength: strengthOf(one.verdict) }));
    },
  };
}

/** A set of failures in a few lines each. */
export function textSource(set: string): Source {
  return {
    name: `texts/${set}`,
    async judge(judgement) {
      const analyzer = recording(judgement);
      const judged: Judged[] = [];
      for (const [index, failure] of textFailures(set).entries()) {
        const verdict = await verdictOn(failure, analyzer);
        const [category = "", ...alsoAcceptable] = failure.accepted;
        const label = { category, alsoAcceptable, rootCauseText: [], rerunHelps: null, databricksRunIds: null };
        const id = `${set}-${index + 1}`;
        const scored = { id, source: set, label, verdict, citations: { right: 0, of: 0 } };
        judged.push({ scored, strength: strengthOf(verdict) });
      }
      return judged;
    },
  };
}

/** An analyzer whose verdicts carry the strength they came from. */
function recording(judgement: Judgement): LogAnalyzer {
  const record = (input: DiagnosisInput): Recorded => {
    let strength: number | null = null;
    const confidence: Judgement["confidence"] = (proven, category) => {
      strength = proven;
      return judgement.confidence(proven, category);
    };
    const verdict = diagnose(input, { ...judgement, confidence });
    return { ...verdict, strength };
  };
  return createInlineAnalyzer({ diagnose: record, redactor: { configuredSecrets: [] } });
}

function strengthOf(verdict: Verdict | null): number | null {
  return (verdict as Recorded | null)?.strength ?? null;
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
