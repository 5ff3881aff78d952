import { isBookkeeping, isEcho, isHarmless } from "./echo.js";
import type { Ending } from "./ending.js";
import { exceptionAt } from "./exception-in-text.js";
import { nearness } from "./failed-step.js";
import { inEnglish } from "./foreign-words.js";
import { quotesOfLines, statementsOfChain } from "./gather-chain.js";
import type { EndMarker, ExceptionChain, LogReading, LogRecord } from "./reading.js";
import { type SetAside, setAsideOf } from "./set-aside.js";
import { bounded, type Origin, type Quote, type Statement } from "./statement.js";
import { lastOutput } from "./support.js";
import { isTelling, plainText, tellingLines } from "./telling-lines.js";

/** A build log's own time stamp; what stands behind it belongs to the tool. */
const stampBefore = /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?\]?\s+/;
const lineBudget = 240;
/** The last lines before the end are read whatever their words. */
const lastWords = 12;

/** Everything a log says about its failure, each with its weight. */
export function statementsOfLog(reading: LogReading, ending: Ending): readonly Statement[] {
  const statements: Statement[] = [];
  const covered = new Set<number>();
  const cover = (chain: ExceptionChain): void => {
    for (let line = chain.firstLine; line <= chain.lastLine; line += 1) covered.add(line);
  };
  if (ending.chain !== null) {
    statements.push(...statementsOfChain(ending.chain, reading, "ending", 1));
    cover(ending.chain);
  }
  const telling = ending.chain === null || statements.every((one) => isEcho(one.text) || sparse(one));
  const plain = reading.format === "text" || reading.format === "spark";
  const aside = setAsideOf(reading);
  for (const { chain, origin, scale } of otherChains(reading, ending, telling, plain)) {
    const near = plain ? nearness(chain.lastLine, ending.step, reading.lineCount) : 1;
    const away = aside.holds(chain.firstLine);
    const kind = away ? "handled" : origin;
    statements.push(...statementsOfChain(chain, reading, kind, (away ? Math.min(scale, 0.3) : scale) * near));
    cover(chain);
  }
  statements.push(...statementsOfMarkers(reading, ending, aside), ...statedReason(reading, ending));
  statements.push(...statementsOfLines(reading, ending, { covered, aside, telling }));
  const setOutside = ending.markers.some((marker) => marker.kind === "externally_set");
  return setOutside ? statements.map(lessIfSignal) : statements;
}

/** Where somebody set the state, the signal to the process only follows from it. */
function lessIfSignal(statement: Statement): Statement {
  return /SIGTERM/.test(statement.text) ? { ...statement, weight: statement.weight * 0.7 } : statement;
}

/** The ending says nothing by itself: a bare wrapper such as `AirflowException: shipping failed`. */
function sparse(statement: Statement): boolean {
  return /(?:^|\.)(?:AirflowException|AirflowFailException|SystemExit|CalledProcessError|PodLaunchFailedException|PodLaunchTimeoutException)(?::|$)/.test(
    statement.text,
  );
}

function otherChains(
  reading: LogReading,
  ending: Ending,
  telling: boolean,
  plain: boolean,
): readonly { chain: ExceptionChain; origin: Origin; scale: number }[] {
  const others = reading.chains.filter((chain) => chain !== ending.chain && chain.firstLine <= ending.line);
  const kept = others.length > 24 ? [...others.slice(0, 4), ...others.slice(-20)] : others;
  const lastIndex = kept.length - 1;
  return kept.map((chain, index) => {
    const last = index === lastIndex;
    const harmless = isHarmless(chain.heading) || chain.level === "info" || chain.level === "debug";
    const output = isOutput(chain.logger);
    if (telling && (output || plain)) return { chain, origin: "output" as Origin, scale: last ? 0.97 : 0.8 };
    if (output) return { chain, origin: "output" as Origin, scale: last ? 0.55 : 0.4 };
    const scale = harmless ? 0.3 : telling ? (last ? 0.75 : 0.6) : 0.4;
    return { chain, origin: "handled" as Origin, scale };
  });
}

const executing = /^Failed to execute (?:job|task) .{1,300}? for task \S+ \((.*?)(?:; \d+)?\)?$/s;

/** Where no traceback stands, the runner's own line repeats the exception's message. */
function statedReason(reading: LogReading, ending: Ending): readonly Statement[] {
  if (ending.chain !== null) return [];
  return reading.records.flatMap((record): readonly Statement[] => {
    const reason = executing.exec(record.message)?.[1];
    const text = reading.line(record.firstLine);
    if (reason === undefined || text === null) return [];
    const quotes = [{ source: "log", line: record.firstLine, text }];
    const weight = isEcho(reason) ? 0.4 : 0.9;
    return [
      {
        kind: "line",
        origin: "ending",
        type: null,
        text: bounded(reason),
        context: "",
        quotes,
        weight,
        raisedInOwnCode: false,
      },
    ];
  });
}

/** Streams that carry what the task's own program printed. */
function isOutput(logger: string | null): boolean {
  if (logger === null) return true;
  return /^(?:task\.std|subprocess\.py|logging_mixin|spark_submit\.py|ssh\.py|docker\.py|pod_manager\.py|process_utils\.py|livy|base_container|container)|SubprocessHook|SparkSubmit|SSH|Docker|PodManager|stdout|stderr/i.test(
    logger,
  );
}

function statementsOfMarkers(reading: LogReading, ending: Ending, aside: SetAside): readonly Statement[] {
  const statements: Statement[] = [];
  for (const marker of ending.markers) {
    if (marker.kind === "failed_with_exception" || marker.kind === "marked_failed") continue;
    if (marker.kind === "marked_success" || marker.kind === "marked_up_for_retry") continue;
    // A limit on reading the DAG file, which a later start kept.
    if (marker.kind === "timed_out" && aside.holds(marker.line)) continue;
    const text = reading.line(marker.line);
    if (text === null) continue;
    statements.push({
      kind: "end",
      origin: "ending",
      type: marker.kind,
      text: bounded(`${text} ${marker.detail ?? ""}`),
      context: "",
      quotes: [{ source: "log", line: marker.line, text }],
      weight: markerWeight(marker.kind),
      raisedInOwnCode: false,
    });
  }
  return statements;
}

/** Somebody setting the state explains the signal that follows; an exit code says least. */
function markerWeight(kind: EndMarker["kind"]): number {
  if (kind === "exit_code") return 0.5;
  return kind === "externally_set" || kind === "heartbeat_lost" ? 1 : 0.92;
}

function statementsOfLines(
  reading: LogReading,
  ending: Ending,
  { covered, aside, telling }: { covered: ReadonlySet<number>; aside: SetAside; telling: boolean },
): readonly Statement[] {
  const plain = reading.format === "text" || reading.format === "spark";
  const last = new Set(telling ? lastOutput(reading, ending.chain?.firstLine ?? ending.line + 1, lastWords) : []);
  const found = tellingLines(reading, ending.step === null ? ending.line + 3 : ending.line, covered, last, lineBudget);
  return found.flatMap(({ line, text, loud }) => {
    const record = recordAt(reading.records, line);
    const message = plain || record === null ? text.replace(stampBefore, "") : record.message;
    if (isBookkeeping(message)) return [];
    const isStrong = loud || record?.level === "error" || record?.level === "critical";
    const quotes = quotesOfLines(reading, line, telling ? blockEnd(reading, line) : line);
    const statement = statementOfLine(quotes, message, record, isStrong, telling);
    const near = reading.format === "text" ? nearness(line, ending.step, reading.lineCount) : 1;
    const weight = statement.weight * near * (aside.holds(line) ? 0.4 : 1);
    return [{ ...statement, weight, context: linesAfter(reading, line) }];
  });
}

/** A compiler draws the place below its message, and says what it wanted there. */
function blockEnd(reading: LogReading, line: number): number {
  let last = line + 2;
  while (last < line + 5 && /^\s+\S|^\d* *\|/.test(reading.line(last + 1) ?? "")) last += 1;
  return last;
}

/** The record that begins at a line; records are in order of their lines. */
function recordAt(records: readonly LogRecord[], line: number): LogRecord | null {
  let low = 0;
  let high = records.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const record = records[middle];
    if (record === undefined) return null;
    if (record.firstLine === line) return record;
    if (record.firstLine < line) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

/** Continuation lines behind a line: the stack of an error printed without a traceback. */
function linesAfter(reading: LogReading, line: number): string {
  const after: string[] = [];
  for (let next = line + 1; next <= line + 3 && recordAt(reading.records, next) === null; next += 1) {
    after.push(plainText(reading.line(next) ?? ""));
  }
  return bounded(after.join("\n"), 600);
}

/** What the process that runs the task says at warning or above is about the try itself. */
function isRunners(record: LogRecord | null): boolean {
  if (record === null || record.logger === null || record.level === null) return false;
  if (record.level === "info" || record.level === "debug") return false;
  return /^(?:local_task_job|standard_task_runner|scheduler_job|task_command|base_task_runner|supervisor)|^(?:task|supervisor|airflow\.jobs)\b(?!\.)/.test(
    record.logger,
  );
}

function statementOfLine(
  quotes: readonly Quote[],
  message: string,
  record: LogRecord | null,
  isStrong: boolean,
  telling: boolean,
): Statement {
  const stated = exceptionAt(message);
  const byAirflow = isRunners(record);
  let weight = isStrong ? 0.84 : isTelling(message) ? 0.74 : 0.64;
  if (stated !== null) weight = 0.88;
  if (!telling) weight *= 0.5;
  if (isEcho(message)) weight *= 0.6;
  if (byAirflow && telling) weight = 0.92;
  else if (isHarmless(message) || record?.level === "debug") weight *= 0.4;
  else if (record?.level === "warning" && !byAirflow) weight *= 0.7;
  const extra =
    record === null
      ? ""
      : Object.entries(record.extra)
          .map(([key, value]) => ` ${key}=${value}`)
          .join("");
  return {
    kind: "line",
    origin: byAirflow ? "ending" : telling ? "output" : "logged",
    type: stated?.type ?? null,
    text: bounded(inEnglish(`${message}${extra}`)),
    context: "",
    quotes,
    weight,
    raisedInOwnCode: false,
  };
}
