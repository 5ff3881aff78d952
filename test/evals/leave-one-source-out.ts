import { readFileSync } from "node:fs";
import { type Figure, figure, figuresOf, isHealthyCase, isRight, type Scored } from "../../src/cli/eval-figures.js";
import {
  type Chances,
  chances,
  leastProbability,
  partNames,
  partsOfProven,
  partsOfWorded,
  probabilityOf,
  toConfidence,
} from "../../src/core/rca/calibration.js";
import { surelyProven, type Words } from "../../src/core/rca/choose.js";
import { ownJudgement } from "../../src/core/rca/diagnose.js";
import { signatures } from "../../src/core/rca/signatures/index.js";
import { likeliest } from "../../src/core/rca/words/opinion.js";
import type { Category } from "../../src/core/verdict.js";
import { fitConfidence, type Observation } from "./fit-confidence.js";
import { folderSource, type Judged, type Source } from "./labelled-sources.js";
import { learnWords } from "./learn-words.js";
import { lessonsOf, teachers, wordsOf } from "./lessons.js";

const shareColumns = [
  "source",
  "coverage",
  "right of answered",
  "confident of answered",
  "right of confident",
  "confident and wrong",
];

/** `npm run evals -- FOLDER...`: the engine on each source with what only that source has taught it left out. */
const folders = process.argv.slice(2);
const measured: readonly Source[] = teachers.filter(({ name }) => !name.startsWith("words/"));
const sources: readonly Source[] = [...measured, ...folders.map(folderSource)];
const seenWeight = 0.05;
const families = signatures.filter((one) => one.id.startsWith("family-"));

/** What an engine of the past said of a failure that was new to it. */
interface FirstScoring {
  readonly source: string;
  readonly id: string;
  readonly strength: number;
  readonly category: Category;
  readonly right: boolean;
}

interface Judging {
  readonly source: string;
  readonly words: Words;
  readonly now: readonly Judged[];
  readonly without: readonly Judged[];
  readonly structure: readonly Judged[];
  readonly off: readonly string[];
}

/** What may be said of a failure: by a signature, by words alone; with the probability that a fit gives it. */
interface Answer {
  readonly probability: number;
  readonly by: "signature" | "words";
  readonly right: boolean;
  /** That its cause can be told at all. */
  readonly decidable: boolean;
}

const firsts = JSON.parse(readFileSync("test/evals/first-scorings.json", "utf8")) as readonly FirstScoring[];
const judgings = await judgeAll();
const proven = judgings.flatMap(provenOf);
const worded = judgings.flatMap(wordedOf);
const fits = new Map(judgings.map(({ source }) => [source, fitOf(isNotOf(source))]));

table("First scorings on record, with words and a fit that know nothing of the source", shareColumns);
for (const judging of judgings) if (firstsOf(judging).length > 0) firstScoring(judging);
table("Each source held out (its own signatures off, words and fit without it)", shareColumns);
for (const judging of judgings) heldOut(judging);
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
table("Structure alone (every signature of a known failure off, no words, the families on)", [
  "source",
  "answered",
  "right of answered",
]);
for (const { source, structure } of judgings) {
  const found = figuresOf(structure.map((one) => one.scored));
  row([source, words(found.coverage), words(found.accuracyOfAnswered)]);
}
table("Reliability on first scorings", ["fitted probability", "right"]);
reliability();
table("Signatures switched off for the source that alone supports them", ["source", "signatures"]);
for (const { source, off } of judgings) if (off.length > 0) row([source, off.join(", ")]);
table("Still wrong", ["source", "case", "wanted", "got", "confidence"]);
for (const { source, now } of judgings) for (const { scored } of now) stillWrong(source, scored);
table("Fitted over everything (src/core/rca/calibration.ts)", ["coefficient", "proven", "worded"]);
coefficients(fitOf(() => true));

async function judgeAll(): Promise<readonly Judging[]> {
  const lessons = await lessonsOf(teachers);
  const judged = new Map<Source, readonly Judged[]>();
  const supporters = new Map<string, Set<string>>();
  for (const source of sources) {
    const found = await source.judge(ownJudgement);
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
    const heard = lessons.has(source.name)
      ? wordsOf(learnWords([...lessons].flatMap(([name, taught]) => (name === source.name ? [] : taught))))
      : ownJudgement.words;
    const without = await source.judge({ ...ownJudgement, words: heard, signatures: rest });
    const structure = await source.judge({ ...ownJudgement, words: () => null, signatures: families });
    all.push({ source: source.name, words: heard, now, without, structure, off });
  }
  return all;
}

function firstsOf({ source }: Pick<Judging, "source">): readonly FirstScoring[] {
  return firsts.filter((one) => one.source === source);
}

/** Failures, and what words that know nothing of them say. */
function failuresOf({ without, words: heard }: Judging) {
  return without
    .filter(({ scored }) => !isHealthyCase(scored))
    .map((one) => ({ ...one, opinion: heard(one.statements), accepted: acceptedOf(one.scored) }));
}

function acceptedOf({ label }: Scored): readonly string[] {
  return [label.category, ...label.alsoAcceptable];
}

/** Whether a signature's cause was right: of first scorings, and, counted little, of the engine without what its source taught it. */
function provenOf(judging: Judging): readonly Observation[] {
  const { source } = judging;
  const first = new Map(firstsOf(judging).map((one) => [one.id, one]));
  return failuresOf(judging).flatMap(({ scored, choice, opinion, accepted }) => {
    const past = first.get(scored.id);
    if (past !== undefined) {
      const parts = partsOfProven(past.strength, past.category, opinion);
      return [{ source, parts, right: past.right, weight: 1 }];
    }
    const finding = choice?.by === "signature" ? choice.findings[0] : undefined;
    if (first.size > 0 || choice === null || finding === undefined) return [];
    const { category } = finding.signature;
    return [
      {
        source,
        parts: partsOfProven(choice.strength, category, opinion),
        right: accepted.includes(category),
        weight: seenWeight,
      },
    ];
  });
}

/** Whether the words were right where they said another thing than the signatures of the past, or these said nothing. */
function wordedOf(judging: Judging): readonly Observation[] {
  const first = new Map(firstsOf(judging).map((one) => [one.id, one]));
  if (first.size === 0) return [];
  return failuresOf(judging).flatMap(({ scored, opinion, accepted }) => {
    const past = first.get(scored.id);
    if (opinion === null || past?.category === likeliest(opinion).category) return [];
    const right = accepted.includes(likeliest(opinion).category);
    return [{ source: judging.source, parts: partsOfWorded(opinion), right, weight: 1 }];
  });
}

function isNotOf(source: string): (one: Observation) => boolean {
  return (one) => one.source !== source;
}

function fitOf(taken: (one: Observation) => boolean): Chances {
  return { proven: fitConfidence(proven.filter(taken)), worded: fitConfidence(worded.filter(taken)) };
}

/** What the engine of the past would have answered with words and a fit that know nothing of its source. */
function firstAnswers(judging: Judging): readonly Answer[] {
  const fit = fits.get(judging.source) ?? chances;
  const first = new Map(firstsOf(judging).map((one) => [one.id, one]));
  return failuresOf(judging).flatMap(({ scored, opinion, accepted }) => {
    const past = first.get(scored.id);
    const answers: Answer[] = [];
    const decidable = accepted[0] !== "unknown";
    if (past !== undefined) {
      const probability = probabilityOf(fit.proven, partsOfProven(past.strength, past.category, opinion));
      answers.push({ probability, by: "signature", right: past.right, decidable });
    }
    const open = (past?.strength ?? 0) < surelyProven;
    if (open && opinion !== null && likeliest(opinion).category !== past?.category) {
      const probability = probabilityOf(fit.worded, partsOfWorded(opinion));
      answers.push({ probability, by: "words", right: accepted.includes(likeliest(opinion).category), decidable });
    }
    return answers.sort((one, other) => other.probability - one.probability).slice(0, 1);
  });
}

function firstScoring(judging: Judging): void {
  answersRow(judging.source, failuresOf(judging), firstAnswers(judging));
}

function heldOut(judging: Judging): void {
  const fit = fits.get(judging.source) ?? chances;
  const failures = failuresOf(judging);
  const answers = failures.flatMap(({ choice, opinion, accepted }): readonly Answer[] => {
    const finding = choice?.findings[0];
    if (choice === null || choice === undefined || finding === undefined) return [];
    const { category } = finding.signature;
    const probability =
      choice.by === "words" && opinion !== null
        ? probabilityOf(fit.worded, partsOfWorded(opinion))
        : probabilityOf(fit.proven, partsOfProven(choice.strength, category, opinion));
    return [{ probability, by: choice.by, right: accepted.includes(category), decidable: accepted[0] !== "unknown" }];
  });
  answersRow(judging.source, failures, answers);
}

function answersRow(source: string, failures: ReturnType<typeof failuresOf>, all: readonly Answer[]): void {
  const known = failures.filter(({ accepted }) => accepted[0] !== "unknown").length;
  const answers = all.filter(({ probability }) => probability >= leastProbability);
  const confident = answers.filter(({ probability, by }) => toConfidence(probability, by) >= 0.8);
  const right = (some: readonly Answer[]): number => some.filter((one) => one.right).length;
  row([
    source,
    words(figure(answers.filter(({ decidable }) => decidable).length, known)),
    words(figure(right(answers), answers.length)),
    words(figure(confident.length, answers.length)),
    words(figure(right(confident), confident.length)),
    `${confident.length - right(confident)} of ${failures.length}`,
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
  const said = judgings.filter((one) => firstsOf(one).length > 0).flatMap(firstAnswers);
  const edges = [0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 1.01];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? 1.01;
    const mine = said.filter(({ probability }) => probability >= from && probability < to);
    row([`${from} to ${Math.min(to, 1)}`, words(figure(mine.filter(({ right }) => right).length, mine.length))]);
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

function coefficients(fit: Chances): void {
  const shown = (value: number | undefined): string => value?.toFixed(2) ?? "";
  for (const name of partNames) row([name, shown(fit.proven[name]), shown(fit.worded[name])]);
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
