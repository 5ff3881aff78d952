import { type Change, named, namedList } from "./change.js";
import { normaliseException } from "./normalise.js";

const mostRowSentences = 2;
const clearlyOther = 0.5;
const longestLine = 400;
const mostColumns = 300;

const rowsAfter = /\b(?:num_?rows|num_?output_?rows|row_?count|rows|records)\s{0,3}[=:]\s{0,3}(\d[\d,_]{0,18})/i;
const rowsBefore = /\b(\d[\d,_]{0,18})\s{1,3}(?:new |valid |input |output )?(?:rows|records)\b/i;
const columnList = /\b(?:columns|fields|schema)\b\s{0,3}[=:]\s{0,3}[[({]?([^\])}]{3,3000})/i;
const columnName = /^[A-Za-z_][\w.]{0,63}$/;

/** Row counts and column lists that both logs give in the same words, and that clearly differ. */
export function compareLogs(failed: readonly string[], good: readonly string[]): readonly Change[] {
  return [...columnChanges(failed, good), ...rowChanges(failed, good)];
}

function rowChanges(failed: readonly string[], good: readonly string[]): readonly Change[] {
  const then = once(good, rowsOf);
  const changes = [...once(failed, rowsOf)].flatMap(([template, now]) => {
    const before = then.get(template);
    if (before === undefined || !differs(now.value, before.value)) return [];
    const words = `The log says ${count(now.value)} rows where the last good run had ${count(before.value)}: ${named(now.line)}.`;
    return [{ weight: 70, words, by: Math.abs(Math.log((now.value + 1) / (before.value + 1))) }];
  });
  return changes.sort((one, other) => other.by - one.by).slice(0, mostRowSentences);
}

function columnChanges(failed: readonly string[], good: readonly string[]): readonly Change[] {
  const then = once(good, columnsOf);
  return [...once(failed, columnsOf)].flatMap(([template, now]) => {
    const before = then.get(template);
    if (before === undefined) return [];
    const added = now.value.filter((name) => !before.value.includes(name));
    const gone = before.value.filter((name) => !now.value.includes(name));
    // Lists that share little are not the same list.
    if (added.length + gone.length === 0 || gone.length > before.value.length / 2) return [];
    const parts = [
      ...(gone.length > 0 ? [`${namedList(gone)} gone`] : []),
      ...(added.length > 0 ? [`${namedList(added)} new`] : []),
    ];
    return [{ weight: 75, words: `The columns in the log differ from the last good run: ${parts.join(", ")}.` }];
  });
}

interface Found<Value> {
  readonly template: string;
  readonly value: Value;
  readonly line: string;
}

/** What stands exactly once in a log, by its wording: a line that repeats reports progress. */
function once<Value>(
  lines: readonly string[],
  read: (line: string) => Found<Value> | null,
): ReadonlyMap<string, Found<Value>> {
  const found = new Map<string, Found<Value>>();
  const repeated = new Set<string>();
  for (const line of lines) {
    const one = read(line);
    if (one === null) continue;
    if (found.has(one.template)) repeated.add(one.template);
    found.set(one.template, one);
  }
  for (const template of repeated) found.delete(template);
  return found;
}

function rowsOf(line: string): Found<number> | null {
  const text = line.slice(0, longestLine);
  const match = rowsAfter.exec(text) ?? rowsBefore.exec(text);
  const value = Number((match?.[1] ?? "").replaceAll(/[,_]/g, ""));
  if (match === null || !Number.isSafeInteger(value)) return null;
  const template = normaliseException(
    `${text.slice(0, match.index)}${match[0].replaceAll(/[\d,_]{1,20}/g, "0")}${text.slice(match.index + match[0].length)}`,
  );
  return { template, value, line: text.slice(match.index).trim() };
}

function columnsOf(line: string): Found<readonly string[]> | null {
  const match = columnList.exec(line.slice(0, 4000));
  if (match === null) return null;
  const names = (match[1] ?? "")
    .split(",", mostColumns)
    .map((part) => part.replaceAll(/['"\s]/g, "").split(":", 1)[0] ?? "");
  if (names.length < 2 || !names.every((name) => columnName.test(name))) return null;
  return { template: normaliseException(line.slice(0, match.index)), value: names, line: line.slice(0, longestLine) };
}

function differs(now: number, then: number): boolean {
  return Math.abs(now - then) > clearlyOther * Math.max(then, 1);
}

function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}
