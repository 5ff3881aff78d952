import { type Failure, failureTitle } from "../../core/failure.js";
import type { Card, Line } from "../card.js";
import { plain } from "../plain.js";
import { bold, code, text, time } from "./spans.js";

export interface SummaryFacts {
  /** `airflow:prod`. */
  readonly connection: string;
  /** Every failure of the last 24 h that is still failed. */
  readonly failures: readonly Failure[];
  readonly simulated: boolean;
}

const rowLimit = 10;

/** The one message of a first contact: what had already failed. Later failures open threads. */
export function summaryCard(facts: SummaryFacts): Card {
  const rows = grouped(facts.failures);
  const count = facts.failures.length;
  const headline = `First look at ${facts.connection}: ${count} ${count === 1 ? "failure" : "failures"} of the last 24 h still ${count === 1 ? "stands" : "stand"}`;
  const more = rows.length - rowLimit;
  return {
    subject: `summary:${facts.connection}`,
    tone: count === 0 ? "neutral" : "failed",
    fallback: plain(headline, 300),
    simulated: facts.simulated,
    blocks: [
      {
        b: "lines",
        lines: [
          [bold(headline)],
          ...rows.slice(0, rowLimit).map(rowLine),
          ...(more > 0 ? [[text(`… and ${more} more`)]] : []),
        ],
      },
      {
        b: "note",
        line: [text("Only failures from now on open threads. Ask "), code("why <name>"), text(" about one of these.")],
      },
    ],
  };
}

interface Row {
  readonly title: string;
  readonly count: number;
  readonly lastEnd: string | null;
}

function grouped(failures: readonly Failure[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const failure of failures) {
    const title = failureTitle(failure);
    const known = rows.get(title);
    rows.set(title, { title, count: (known?.count ?? 0) + 1, lastEnd: later(known?.lastEnd ?? null, failure.endedAt) });
  }
  return [...rows.values()].sort((a, b) => b.count - a.count || a.title.localeCompare(b.title));
}

function rowLine(row: Row): Line {
  return [
    text("• "),
    code(row.title),
    ...(row.count === 1 ? [] : [text(` × ${row.count}`)]),
    ...(row.lastEnd === null ? [] : [text(", last "), time(row.lastEnd, "date_time")]),
  ];
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
