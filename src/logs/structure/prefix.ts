import type { Level } from "../../core/rca/reading.js";

/** What stands before the text of a statement. */
export interface Prefix {
  readonly level: Level | null;
  readonly logger: string | null;
  readonly at: string | null;
  readonly message: string;
  /** `airflow`: the orchestrator's own form, one prefix a statement. */
  readonly style: "airflow" | "spark" | "other";
}

const airflow =
  /^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}|\d{4}-\d\d-\d\d, \d\d:\d\d:\d\d [A-Z]{2,5}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \{{1,2}([\w.-]{1,200}):\d{1,7}\}{1,2} (DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)$/s;
const airflowWithoutStamp = /^ ?(DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)$/s;
const log4j =
  /^(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d(?:[.,]\d{3})?) (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) ([\w.$-]{1,200}): (.*)$/s;
const stamp =
  /^\[?(\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\]?/;
const levelNearby =
  /^[^A-Za-z]{0,8}(?:[\w.[\]()<>@:/-]{1,80}[^A-Za-z]{1,8}){0,2}?\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)\b[\]:|)\s-]{0,8}/i;
const levelFirst =
  /^\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)(?:\]|:| {1,2}(?=[[\w]))[:\s-]{0,4}/;

const levels: Readonly<Record<string, Level>> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  NOTICE: "info",
  WARN: "warning",
  WARNING: "warning",
  ERROR: "error",
  SEVERE: "error",
  CRITICAL: "critical",
  FATAL: "critical",
};

/** Reads the prefix of a line of text; null for a line that has none and so may continue a statement. */
export function parsePrefix(line: string): Prefix | null {
  const first = line.charCodeAt(0);
  if (first === 0x5b) {
    const found = airflow.exec(line);
    if (found !== null)
      return {
        at: found[1] ?? null,
        logger: found[2] ?? null,
        level: levelOf(found[3]),
        message: found[4] ?? "",
        style: "airflow",
      };
  }
  if (first >= 0x30 && first <= 0x39) {
    const found = log4j.exec(line);
    if (found !== null)
      return {
        at: found[1] ?? null,
        level: levelOf(found[2]),
        logger: found[3] ?? null,
        message: found[4] ?? "",
        style: "spark",
      };
  }
  if (first === 0x5b || (first >= 0x30 && first <= 0x39)) return parseStamped(line);
  if (first === 0x20 || (first >= 0x41 && first <= 0x57)) return parseLevelFirst(line);
  return null;
}

function parseStamped(line: string): Prefix | null {
  const found = stamp.exec(line);
  if (found === null) return parseLevelFirst(line);
  const rest = line.slice(found[0].length);
  const level = levelNearby.exec(rest.slice(0, 200));
  const message = level === null ? rest.replace(/^[\s:|-]{1,8}/, "") : rest.slice(level[0].length);
  return { at: found[1] ?? null, level: levelOf(level?.[1]), logger: null, message, style: "other" };
}

function parseLevelFirst(line: string): Prefix | null {
  const bare = airflowWithoutStamp.exec(line);
  if (bare !== null)
    return { at: null, logger: null, level: levelOf(bare[1]), message: bare[2] ?? "", style: "airflow" };
  const found = levelFirst.exec(line);
  if (found === null) return null;
  return { at: null, logger: null, level: levelOf(found[1]), message: line.slice(found[0].length), style: "other" };
}

function levelOf(word: string | undefined): Level | null {
  return word === undefined ? null : (levels[word.toUpperCase()] ?? null);
}
