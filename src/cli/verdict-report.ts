import { categoryWords, confidenceWord, type Verdict } from "../core/verdict.js";

/** A short report of a verdict for a person at a terminal. */
export function verdictReport(verdict: Verdict): string {
  const lines = [headline(verdict), verdict.summary, ""];
  for (const { id, source, line, text } of verdict.evidence) {
    lines.push(`  ${id} ${source}${line === null ? "" : `:${line}`}  ${text}`);
  }
  if (verdict.evidence.length > 0) lines.push("");
  lines.push(`Rerun helps: ${verdict.rerunHelps}. Next: ${verdict.nextStep}`);
  for (const other of verdict.alternatives)
    lines.push(`Also considered: ${other.signature ?? other.category} (${other.why})`);
  for (const run of verdict.databricksRuns)
    lines.push(`Databricks run ${run.runId}${run.url === null ? "" : ` ${run.url}`}`);
  for (const warning of verdict.warnings) lines.push(`Note: ${warning}`);
  return `${lines.join("\n")}\n`;
}

function headline(verdict: Verdict): string {
  if (verdict.outcome === "no_failure") return "✓ No failure";
  if (verdict.outcome === "abstained" || verdict.category === null) return "? Not decided";
  return `● ${categoryWords(verdict.category)}, ${confidenceWord(verdict.confidence)} confidence (${verdict.signature ?? "no signature"})`;
}
