import { readFileSync } from "node:fs";
import { type Figure, figure, figuresOf, isHealthyCase, isRight, type Scored } from "../../src/cli/eval-figures.js";
import { calibratedConfidence, toConfidence } from "../../src/core/rca/calibration.js";
import { signatures } from "../../src/core/rca/signatures/index.js";
import { categories } from "../../src/core/verdict.js";
import { type Fit, fitConfidence, type Observation, probability } from "./fit-confidence.js";
import { folderSource, type Judged, type Source, textSource } from "./labelled-sources.js";

const shareColumns = [
  "source",
  "answered",
  "right of answered",
  "confident",
  "right of confident",
  "confident and wrong",
];

/** `npm run evals -- FOLDER...`: the engine on each source with what only that source has taught it left out. */
const folders = process.argv.slice(2);
const sources: readonly Source[] = [
  ...folders.map(folderSource),
  ...["first", "second", "third", "fourth", "fifth", "sixth", "seventh"].map(textSource),
];
const seenWeight = 0.05;
const own = { signatures, confidence: calibratedConfidence };
const families = signatures.filter((one) => one.id.startsWith("family-"));

interface Judging {
  readonly source: string;
  readonly now: readonly Judged[];
  readonly without: readonly Judged[];
  readonly structure: readonly Judged[];
  readonly off: readonly string[];
}

const judgings = await judgeAll();
const observed = [...firstScorings(), ...judgings.flatMap(({ source, without }) => observationsOf(source, without))];
const fits = new Map(judgings.map(({ source }) => [source, fitConfidence(observed.filter(isNotOf(source)))]));

table("Each source held out (its own signatures off, the confidence fitted without it)", shareColumns);
for (const { source, without } of judgings) heldOut(source, without);
table("First scorings on record, each with the confidence fitted without its source", shareColumns);
for (const source of new Set(firstScorings().map((one) => one.source))) firstScoring(source);
table("The engine as it is (it has seen these)", [
  "source",
  "coverage",
  "right of answered",
  "confident",
  "right of confident",
  "root line",
  "cited lines",
  "run ids",
  "rerun advice",
  "false alarms",
]);
for (const { source, now } of judgings) asItIs(source, now);
table("Structure alone (every signature of a known failure off, the families on)", [
  "source",
  "answered",
  "right of answered",
]);
for (const { source, structure } of judgings) {
  const found = figuresOf(structure.map((one) => one.scored));
  row([source, words(found.coverage), words(found.accuracyOfAnswered)]);
}
table("Reliability on held-out verdicts", ["fitted probability", "right", "of first scorings right"]);
reliability();
table("Signatures switched off for the source that alone supports them", ["source", "signatures"]);
for (const { source, off } of judgings) if (off.length > 0) row([source, off.join(", ")]);
table("Still wrong", ["source", "case", "wanted", "got", "confidence"]);
for (const { source, now } of judgings) for (const { scored } of now) stillWrong(source, scored);
table("Fitted over everything (src/core/rca/calibration.ts)", ["coefficient", "value"]);
coefficients(fitConfidence(observed));

async function judgeAll(): Promise<readonly Judging[]> {
  const judged = new Map<Source, readonly Judged[]>();
  const supporters = new Map<string, Set<string>>();
  for (const source of sources) {
    const found = await source.judge(own);
    judged.set(source, found);
    for (const { scored } of found) {
      const id = isRight(scored) ? (scored.verdict?.signature ?? null) : null;
      if (id !== null) supporters.set(id, (supporters.get(id) ?? new Set()).add(source.name));
    }
  }
  const all: Judging[] = [];
  for (const [source, now] of judged) {
    const off = [...supporters]
      .filter(([id, names]) => !id.startsWith("family-") && names.size === 1 && names.has(source.name))
      .map(([id]) => id);
    const rest = signatures.filter((one) => !off.includes(one.id));
    const without = await source.judge({ ...own, signatures: rest });
    const structure = await source.judge({ ...own, signatures: families });
    all.push({ source: source.name, now, without, structure, off });
  }
  return all;
}

/** What engines of the past said of sources that were new to them: strength, category, right or wrong. */
function firstScorings(): readonly Observation[] {
  const rows = JSON.parse(readFileSync("test/evals/first-scorings.json", "utf8")) as Omit<Observation, "weight">[];
  return rows.map((one) => ({ ...one, weight: 1 }));
}

function observationsOf(source: string, judged: readonly Judged[]): readonly Observation[] {
  return judged.flatMap(({ scored, strength }) => {
    const category = categories.find((name) => name === scored.verdict?.category);
    if (strength === null || category === undefined || isHealthyCase(scored)) return [];
    return [{ source, strength, category, right: isRight(scored), weight: seenWeight }];
  });
}

function isNotOf(source: string): (one: Observation) => boolean {
  return (one) => one.source !== source;
}

function isConfident(fit: Fit, one: Observation): boolean {
  return toConfidence(probability(fit, one), one.strength) >= 0.8;
}

function heldOut(source: string, judged: readonly Judged[]): void {
  const failing = judged.filter(({ scored }) => !isHealthyCase(scored)).length;
  confidenceRow(source, failing, observationsOf(source, judged));
}

function firstScoring(source: string): void {
  const mine = firstScorings().filter((one) => one.source === source);
  confidenceRow(source, mine.length, mine);
}

function confidenceRow(source: string, failing: number, mine: readonly Observation[]): void {
  const fit = fits.get(source) ?? fitConfidence(observed.filter(isNotOf(source)));
  const confident = mine.filter((one) => isConfident(fit, one));
  const right = (some: readonly Observation[]): number => some.filter((one) => one.right).length;
  row([
    source,
    `${mine.length} of ${failing}`,
    words(figure(right(mine), mine.length)),
    `${confident.length} of ${mine.length}`,
    words(figure(right(confident), confident.length)),
    `${confident.length - right(confident)} of ${failing}`,
  ]);
}

function asItIs(source: string, now: readonly Judged[]): void {
  const found = figuresOf(now.map((one) => one.scored));
  const { coverage, accuracyOfAnswered, confident, confidentPrecision, rootLineQuoted } = found;
  const rest = [rootLineQuoted, found.citedLinesReal, found.runIdsExact, found.rerunAdvice, found.falseAlarms];
  const brief = ({ k, n }: Figure): string => (n === 0 ? "-" : `${k} of ${n}`);
  row([
    source,
    words(coverage),
    words(accuracyOfAnswered),
    brief(confident),
    words(confidentPrecision),
    ...rest.map(brief),
  ]);
}

function reliability(): void {
  const said = observed.map((one) => ({
    one,
    p: probability(fits.get(one.source) ?? fitConfidence(observed.filter(isNotOf(one.source))), one),
  }));
  const edges = [0, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 1.01];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? 1.01;
    const mine = said.filter(({ p }) => p >= from && p < to);
    const first = mine.filter(({ one }) => one.weight === 1);
    const rights = (some: typeof mine): Figure => figure(some.filter(({ one }) => one.right).length, some.length);
    row([`${from} to ${Math.min(to, 1)}`, words(rights(mine)), words(rights(first))]);
  }
}

function stillWrong(source: string, scored: Scored): void {
  const { verdict, label, id } = scored;
  if (verdict === null || (verdict.outcome !== "diagnosed" && verdict.outcome !== "abstained")) return;
  if (isHealthyCase(scored) ? verdict.outcome !== "diagnosed" : isRight(scored)) return;
  if (verdict.outcome === "abstained" && label.category === "unknown") return;
  const got = verdict.outcome === "abstained" ? "abstained" : `${verdict.category} (${verdict.signature})`;
  row([source, id, label.category, got, String(verdict.confidence)]);
}

function coefficients(fit: Fit): void {
  row(["intercept", fit.intercept.toFixed(2)]);
  row(["slope", fit.slope.toFixed(2)]);
  for (const name of categories) row([name, fit.offsets[name].toFixed(2)]);
}

function words({ k, n, interval }: Figure): string {
  if (interval === null) return "-";
  return `${k} of ${n} = ${((k / n) * 100).toFixed(1)} % (${(interval[0] * 100).toFixed(1)} to ${(interval[1] * 100).toFixed(1)})`;
}

function table(title: string, columns: readonly string[]): void {
  process.stdout.write(`\n## ${title}\n\n`);
  row(columns);
  row(columns.map(() => "---"));
}

function row(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
