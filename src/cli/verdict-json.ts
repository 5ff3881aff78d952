import type { Verdict } from "../core/verdict.js";

/** A verdict as the command line's contract (schema 1) words it. */
export function verdictJson(verdict: Verdict, elapsedMs: number): Readonly<Record<string, unknown>> {
  return {
    schemaVersion: 1,
    outcome: verdict.outcome,
    category: verdict.category,
    signature: verdict.signature,
    confidence: verdict.confidence,
    summary: verdict.summary,
    rerunHelps: verdict.rerunHelps,
    nextStep: verdict.nextStep,
    evidence: verdict.evidence.map(({ id, source, line, text }) => ({ id, source, line, text })),
    databricksRuns: verdict.databricksRuns.map(({ runId, url }) => ({ runId, url })),
    redactions: verdict.redactions,
    elapsedMs: Math.round(elapsedMs * 10) / 10,
    ...(verdict.warnings.length > 0 ? { warnings: verdict.warnings } : {}),
  };
}
