import type { Verdict } from "../core/verdict.js";
import type { Label } from "./eval-label.js";

/** One labelled case, diagnosed. */
export interface Scored {
  readonly id: string;
  readonly source: string;
  readonly label: Label;
  /** null when the case could not be read. */
  readonly verdict: Verdict | null;
  /** Cited log lines that stand there as quoted, of how many. */
  readonly citations: { readonly right: number; readonly of: number };
}

export interface Figure {
  readonly k: number;
  readonly n: number;
  /** Wilson interval at 95 %, in 0..1; null without cases. */
  readonly interval: readonly [number, number] | null;
}

export interface Figures {
  readonly cases: number;
  readonly errors: number;
  /** Of the failures whose label names a cause. */
  readonly coverage: Figure;
  /** Of those whose label says that the evidence does not decide it. */
  readonly rightlySilent: Figure;
  readonly accuracyOfAnswered: Figure;
  readonly confident: Figure;
  readonly confidentPrecision: Figure;
  readonly confidentWrong: Figure;
  readonly rootLineQuoted: Figure;
  readonly citedLinesReal: Figure;
  readonly runIdsExact: Figure;
  readonly rerunAdvice: Figure;
  readonly falseAlarms: Figure;
  readonly byCategory: Readonly<Record<string, { readonly answered: Figure; readonly right: Figure }>>;
  readonly reliability: Readonly<Record<string, Figure>>;
}

const confidentFrom = 0.8;

/** True when an answered case names an accepted category. */
export function isRight({ label, verdict }: Scored): boolean {
  const category = verdict?.category ?? null;
  return category !== null && (category === label.category || label.alsoAcceptable.includes(category));
}

export function isHealthyCase(scored: Scored): boolean {
  return scored.label.category === "no_failure";
}

/** The figures of a set of scored cases. */
export function figuresOf(all: readonly Scored[]): Figures {
  const failing = all.filter((one) => !isHealthyCase(one));
  const decidable = failing.filter((one) => one.label.category !== "unknown");
  const undecidable = failing.filter((one) => one.label.category === "unknown");
  const healthy = all.filter(isHealthyCase);
  const answered = failing.filter((one) => one.verdict?.outcome === "diagnosed");
  const confident = answered.filter((one) => (one.verdict?.confidence ?? 0) >= confidentFrom);
  const withRoot = answered.filter((one) => one.label.rootCauseText.length > 0);
  const withRuns = all.filter((one) => one.label.databricksRunIds !== null && one.verdict !== null);
  const advised = answered.filter((one) => one.label.rerunHelps !== null && one.label.rerunHelps !== "unsure");
  return {
    cases: all.length,
    errors: all.filter((one) => one.verdict === null).length,
    coverage: share(decidable, (one) => one.verdict?.outcome === "diagnosed"),
    rightlySilent: share(undecidable, (one) => one.verdict?.outcome === "abstained"),
    accuracyOfAnswered: share(answered, isRight),
    confident: figure(confident.length, answered.length),
    confidentPrecision: share(confident, isRight),
    confidentWrong: figure(confident.filter((one) => !isRight(one)).length, failing.length),
    rootLineQuoted: share(withRoot, quotesRoot),
    citedLinesReal: figure(
      all.reduce((sum, one) => sum + one.citations.right, 0),
      all.reduce((sum, one) => sum + one.citations.of, 0),
    ),
    runIdsExact: share(withRuns, runIdsExact),
    rerunAdvice: share(advised, (one) => one.verdict?.rerunHelps === one.label.rerunHelps),
    falseAlarms: share(healthy, (one) => one.verdict?.outcome === "diagnosed"),
    byCategory: byCategory(failing),
    reliability: reliability(answered),
  };
}

/** Any cited line holds a root-cause text, or is a long part of one. */
export function quotesRoot({ label, verdict }: Scored): boolean {
  const quoted = verdict?.evidence ?? [];
  return label.rootCauseText.some((root) =>
    quoted.some(({ text }) => text.includes(root) || (text.length >= 12 && root.includes(text.replaceAll("…", "")))),
  );
}

export function runIdsExact({ label, verdict }: Scored): boolean {
  const wanted = [...(label.databricksRunIds ?? [])].sort().join();
  return (
    (verdict?.databricksRuns ?? [])
      .map((run) => run.runId)
      .sort()
      .join() === wanted
  );
}

function byCategory(failing: readonly Scored[]): Figures["byCategory"] {
  const names = [...new Set(failing.map((one) => one.label.category))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const mine = failing.filter((one) => one.label.category === name);
      const answered = mine.filter((one) => one.verdict?.outcome === "diagnosed");
      return [name, { answered: figure(answered.length, mine.length), right: share(answered, isRight) }];
    }),
  );
}

/** How often a stated confidence was right. */
function reliability(answered: readonly Scored[]): Figures["reliability"] {
  const bands = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  return Object.fromEntries(
    bands.map((from, index) => {
      const to = bands[index + 1] ?? 1.01;
      const mine = answered.filter(
        (one) => (one.verdict?.confidence ?? 0) >= from && (one.verdict?.confidence ?? 0) < to,
      );
      return [`${from.toFixed(1)}-${Math.min(to, 1).toFixed(1)}`, share(mine, isRight)];
    }),
  );
}

function share(scored: readonly Scored[], accept: (one: Scored) => boolean): Figure {
  return figure(scored.filter(accept).length, scored.length);
}

/** k of n with its 95 % Wilson interval. */
export function figure(k: number, n: number): Figure {
  if (n === 0) return { k, n, interval: null };
  const z = 1.959964;
  const p = k / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { k, n, interval: [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)] };
}
