import type { Incident } from "./incident.js";
import { matchesGlob } from "./remediation/glob.js";

/** A team's own note: Markdown, and what it is for. Every condition that is given must hold; one without any fits nothing. */
export interface Runbook {
  readonly name: string;
  /** Globs of DAG ids. */
  readonly dags: readonly string[];
  readonly categories: readonly string[];
  /** One of them stands in the cause or its proof, in whichever case. */
  readonly words: readonly string[];
  readonly text: string;
  /** Where the team keeps it; ours to link, since the configuration says it. */
  readonly url: string | null;
}

const mostQuoted = 2;

/** The runbooks that fit an incident, the most particular first, at most two: a third is not read. */
export function runbooksFor(runbooks: readonly Runbook[], incident: Incident): readonly Runbook[] {
  if (incident.verdict === null) return [];
  return runbooks
    .map((runbook) => ({ runbook, fit: fitOf(runbook, incident) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit || a.runbook.name.localeCompare(b.runbook.name))
    .slice(0, mostQuoted)
    .map(({ runbook }) => runbook);
}

/** How particular the match is: an exact DAG says more than a pattern, that more than words, those more than a category. */
function fitOf({ dags, categories, words }: Runbook, incident: Incident): number {
  const dag = dags.length === 0 ? 0 : dagFit(dags, incident.dagId);
  const category = categories.length === 0 ? 0 : categories.includes(incident.verdict?.category ?? "") ? 1 : null;
  const said = words.length === 0 ? 0 : saysOne(words, incident) ? 2 : null;
  return dag === null || category === null || said === null ? 0 : dag + category + said;
}

function dagFit(dags: readonly string[], dagId: string | null): number | null {
  if (dagId === null) return null;
  if (dags.includes(dagId)) return 8;
  return dags.some((glob) => matchesGlob(glob, dagId)) ? 4 : null;
}

function saysOne(words: readonly string[], { title, verdict }: Incident): boolean {
  const said = [
    title,
    verdict?.summary,
    verdict?.object,
    verdict?.signature,
    ...(verdict?.evidence ?? []).map((quote) => quote.text),
  ]
    .join("\n")
    .toLowerCase();
  return words.some((word) => said.includes(word.toLowerCase()));
}

const mostLines = 6;

/** The part of a note that a thread quotes: its first lines that say something, without Markdown's marks. */
export function quoteOf({ text }: Runbook): { readonly lines: readonly string[]; readonly isCut: boolean } {
  const lines = text
    .split("\n")
    .map(withoutMarks)
    .filter((line) => line !== "");
  return { lines: lines.slice(0, mostLines), isCut: lines.length > mostLines };
}

/** Headings are names, fences and rules are nothing; what is left reads well as plain text. */
function withoutMarks(line: string): string {
  const text = line.trim();
  if (/^(?:#|```|~~~|---|===|\*\*\*|<!--)/.test(text)) return "";
  return text
    .replace(/^[-*+] (?:\[[ xX]\] )?/, "• ")
    .replace(/^> ?/, "")
    .replaceAll("**", "")
    .replaceAll("__", "");
}
