/** Finds the names people mean: `ordres daily` is orders_daily. Linear in the text, quadratic only in a word's length. */

const fillers = new Set(
  "a about and are at be by can check dag dags did do does error fail failed failing fails failure for from had has have how i in is it its job jobs last latest log me my newest night of on or our pipeline pipelines please run runs show that the this today tonight was were what when why will with yesterday".split(
    " ",
  ),
);
const longestWord = 64;
const mostWords = 40;

/** The words of a text that can be part of a name, in lower case. */
export function nameWords(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && word.length <= longestWord)
    .slice(0, mostWords);
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitute = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitute, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

function sameWord(said: string, meant: string): boolean {
  if (said === meant) return true;
  if (Math.min(said.length, meant.length) < 4) return false;
  const slips = meant.length >= 6 ? 2 : 1;
  return Math.abs(said.length - meant.length) <= slips && editDistance(said, meant) <= slips;
}

function score(said: readonly string[], name: string): number {
  const parts = nameWords(name);
  if (parts.length === 0 || said.length === 0) return 0;
  if (sameWord(said.join(""), parts.join(""))) return 3;
  const found = parts.filter((part) => said.some((word) => sameWord(word, part))).length;
  const used = said.filter((word) => parts.some((part) => sameWord(word, part))).length;
  return found / parts.length < 0.5 ? 0 : (2 * found) / parts.length + used / said.length;
}

/** The names that fit a text best: none, the one that is meant, or several that fit equally well. */
export function matchNames(text: string, names: readonly string[]): readonly string[] {
  const exact = names.filter((name) => name === text.trim());
  if (exact.length > 0) return exact;
  const tokens = new Set(text.toLowerCase().split(/[\s,;:?!/"'`()]+/u));
  const whole = names.filter((name) => tokens.has(name.toLowerCase()));
  if (whole.length > 0) return whole;
  const words = nameWords(text);
  const telling = words.filter((word) => !fillers.has(word));
  const said = telling.length > 0 ? telling : words;
  const scored = names.map((name) => ({ name, score: score(said, name) })).filter((entry) => entry.score > 0);
  const best = Math.max(0, ...scored.map((entry) => entry.score));
  return scored.filter((entry) => entry.score === best).map((entry) => entry.name);
}
