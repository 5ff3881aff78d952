import { type Statement, shortType } from "../statement.js";

/** Words and their surroundings, as the word model counts them, each with how much it weighs, 0..1. */
export type Features = ReadonlyMap<string, number>;

/** Of a failure's statements so many are asked. */
export const mostStatements = 14;
/** Of a statement's text: an operator's own words may stand before those of the run it waited for. */
const textRead = 1_200;
/** Statements much lighter than the heaviest tell of other things. */
const lightest = 0.6;
const longestWord = 12;
const pairWeight = 0.7;
const partWeight = 0.35;
const partLength = 5;
const ownWeight = 0.5;

/** What was said with less weight was set aside by the engine, or only repeats that something failed. */
export const leastWeight = 0.55;

/** Said of every failure by its runner, of no cause. */
const runnersWords = /^(?:Task failed with exception|Process exited|Task exited|(?:[\w.]{1,80}: )?Job aborted\.?$)/;

/** What is counted of a failure: words, pairs of words, parts of long words and exception types of its heaviest statements. */
export function featuresOf(statements: readonly Statement[]): Features {
  const telling = statements
    .filter((one) => one.kind !== "end" && one.weight >= leastWeight && !runnersWords.test(one.text))
    .sort((one, other) => other.weight - one.weight);
  const heaviest = telling[0]?.weight ?? 0;
  const features = new Map<string, number>();
  for (const [index, one] of telling.slice(0, mostStatements).entries()) {
    if (one.weight < lightest * heaviest) break;
    const weight = (one.weight / heaviest) ** 2;
    count(features, one.text.slice(0, textRead), weight);
    if (one.type === null) continue;
    add(features, `t:${shortType(one.type).toLowerCase()}`, weight);
    if (index === 0) add(features, one.raisedInOwnCode ? "own" : "library", ownWeight);
  }
  return features;
}

function count(features: Map<string, number>, text: string, weight: number): void {
  let before: string | null = null;
  for (const word of wordsOf(text)) {
    add(features, word, weight);
    if (before !== null) add(features, `${before} ${word}`, weight * pairWeight);
    for (let from = 0; word.length > partLength && from + partLength <= word.length; from += 1) {
      add(features, `~${word.slice(from, from + partLength)}`, weight * partWeight);
    }
    before = word;
  }
}

/** Lower-cased words of at least two letters, `camelCase` taken apart, codes of three to five digits, pairs of ideographs. */
function wordsOf(text: string): readonly string[] {
  const apart = text.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2");
  const found =
    apart.toLowerCase().match(/[a-zà-ÿą-ż]{2,}|(?<!\d)\d{3,5}(?!\d)|[\u3040-\u30ff\u4e00-\u9fff]{2}/g) ?? [];
  return found.map((word) => word.slice(0, longestWord));
}

function add(features: Map<string, number>, feature: string, weight: number): void {
  if ((features.get(feature) ?? 0) < weight) features.set(feature, weight);
}
