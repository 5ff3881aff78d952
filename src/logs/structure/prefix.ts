import type { Level } from "../../core/rca/reading.js";

/** What stands before the text of a statement. */
export interface Prefix {
  readonly level: Level | null;
  readonly logger: string | null;
  /** It begins with a time. */
  readonly stamped: boolean;
  readonly message: string;
  /** `airflow`: the orchestrator's own form, one prefix a statement. */
  readonly style: "airflow" | "spark" | "other";
}

const airflowStamp =
  /^\[(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}|\d{4}-\d\d-\d\d, \d\d:\d\d:\d\d (?:[A-Z]{2,5}|[+-]\d\d(?:\d\d)?)|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\] \{/;
const longestStamp = 32;
const longestSource = 220;
const airflowWithoutStamp = /^ ?(DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)$/s;
const log4j =
  /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d(?:[.,]\d{3})? (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) ([\w.$-]{1,200}): (.*)$/s;
const stamp =
  /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d(?::?\d\d)?(?!\d)| UTC)?|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\]?/;
const levelNearby =
  /^[^A-Za-z]{0,8}(?:[\w.[\]()<>@:/-]{1,80}[^A-Za-z]{1,8}){0,2}?(?:\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)\b|\[(trace|debug|info|notice|warn|warning|error|critical|fatal)\])[\]:|)\s-]{0,8}/;
const levelFirst =
  /^\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)(?:\]|:| {1,2}(?=[[\w]))[:\s-]{0,4}/;

const airflowLevels: readonly (readonly [word: string, level: Level])[] = [
  ["INFO", "info"],
  ["WARNING", "warning"],
  ["ERROR", "error"],
  ["DEBUG", "debug"],
  ["CRITICAL", "critical"],
];
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

/**
 * Reads the prefix of a line of text; null for a line that has none and so may continue a statement.
 *
 * @param lastLogger is given again where the line names it, so that a log keeps the name of each of its loggers few times.
 */
export function parsePrefix(line: string, lastLogger: string | null = null): Prefix | null {
  const first = line.charCodeAt(0);
  if (first === 0x5b) {
    const found = parseAirflow(line, lastLogger);
    if (found !== null) return found;
  }
  if (first >= 0x30 && first <= 0x39) {
    const found = log4j.exec(line);
    if (found !== null)
      return {
        stamped: true,
        level: levelOf(found[1]),
        logger: found[2] ?? null,
        message: found[3] ?? "",
        style: "spark",
      };
  }
  if (first === 0x5b || (first >= 0x30 && first <= 0x39)) return parseStamped(line);
  if (first === 0x20 || (first >= 0x41 && first <= 0x57)) return parseLevelFirst(line);
  return null;
}

/** `[2026-03-01T02:00:00.000+0000] {file.py:12} INFO - text`; by hand, since most lines of a large log have it. */
function parseAirflow(line: string, lastLogger: string | null): Prefix | null {
  const stampEnd = line.indexOf("] {");
  if (stampEnd < 0 || stampEnd > longestStamp) return null;
  const sourceStart = line.charCodeAt(stampEnd + 3) === 0x7b ? stampEnd + 4 : stampEnd + 3;
  const sourceEnd = line.indexOf("} ", sourceStart);
  const separator = line.indexOf(" - ", sourceEnd);
  if (sourceEnd < 0 || sourceEnd - sourceStart > longestSource || separator < 0) return null;
  const levelStart = sourceEnd + 2;
  const level = airflowLevelAt(line, levelStart, separator);
  const colon = line.lastIndexOf(":", sourceEnd);
  if (level === undefined || colon < sourceStart || !airflowStamp.test(line)) return null;
  const isLast = lastLogger?.length === colon - sourceStart && line.startsWith(lastLogger, sourceStart);
  const logger = isLast ? lastLogger : line.slice(sourceStart, colon);
  return { stamped: true, logger, level, message: line.slice(separator + 3), style: "airflow" };
}

function airflowLevelAt(line: string, from: number, to: number): Level | undefined {
  for (const [word, level] of airflowLevels) if (word.length === to - from && line.startsWith(word, from)) return level;
  return undefined;
}

function parseStamped(line: string): Prefix | null {
  const found = stamp.exec(line);
  if (found === null) return parseLevelFirst(line);
  const rest = line.slice(found[0].length);
  const level = levelNearby.exec(rest.slice(0, 200));
  const message = level === null ? rest.replace(/^[\s:|-]{1,8}/, "") : rest.slice(level[0].length);
  return { stamped: true, level: levelOf(level?.[1] ?? level?.[2]), logger: null, message, style: "other" };
}

function parseLevelFirst(line: string): Prefix | null {
  const bare = airflowWithoutStamp.exec(line);
  if (bare !== null)
    return { stamped: false, logger: null, level: levelOf(bare[1]), message: bare[2] ?? "", style: "airflow" };
  const found = levelFirst.exec(line);
  if (found === null) return null;
  return {
    stamped: false,
    logger: null,
    level: levelOf(found[1]),
    message: line.slice(found[0].length),
    style: "other",
  };
}

function levelOf(word: string | undefined): Level | null {
  return word === undefined ? null : (levels[word.toUpperCase()] ?? null);
}
