import type { LogReading } from "./reading.js";

/** How a build or command line tool says it ended, in logs without an orchestrator's markers. */
const ended =
  /^(?:Finished: SUCCESS|Job succeeded|BUILD SUCCESS(?:FUL)?\b|Done\. Your build exited with 0\.|Build succeeded|Pipeline (?:succeeded|passed)|(?:Process|Command|Script)?\s?(?:exited|completed|finished) with (?:exit )?(?:return )?code:? 0\b|exit (?:code|status):? 0\b|.{0,80}[,;:] exit(?:ed)? 0\.?$|.{0,80}\b(?:exit(?:ed)?(?: with)? (?:code|status)|rc|return ?code)[ :=]{1,3}0\.?$|(?:=+ )?\d+ passed\b(?!.*\b(?:failed|errors?)\b).* in [\d.]+s\b|Tests: +\d+ passed, \d+ total|OK \(\d+ tests?|test result: ok\.|All (?:checks|tests) (?:have )?passed|✨ +Done in|.{0,80}\b(?:deployment|pipeline|job|run|build|load|sync|import|export|backup|migration|training|etl|process)\b.{0,20} (?:was |is |has )?(?:complete[d]? |finished |ended )?success(?:ful|fully)?!?\.?$|Done\. PASS=\d+ WARN=\d+ ERROR=0)/i;
const failed =
  /##\[error\]|^(?:Error: |ERROR: |fatal: |panic: )|Finished: (?:FAILURE|ABORTED|UNSTABLE)|BUILD FAIL(?:URE|ED)|Job failed|Your build exited with [1-9]|(?:exited|completed|finished) with (?:exit |return )?(?:code|status):? ?-?[1-9]|exit (?:code|status):? ?-?[1-9]|non-zero exit|\d+ failed\b|npm (?:ERR!|error)|^make: \*\*\*|Traceback \(most recent call last\)|\b(?:ERROR|FATAL|CRITICAL)\b(?!=0)|ERROR=[1-9]/;
const stamp =
  /^(?:\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)?\]?\s+)?(?:\[?(?:INFO|NOTICE)\]?:?\s+)?/;
const tail = 60;

const jobEnded = /\bDAGScheduler\b.{0,12}\b(?:Job \d+|ResultStage \d+ \([^)]{1,200}\)) (finished|failed)\b/;
const sparkTrouble = /\bERROR\b|Exception\b|Traceback|\b\w+Error\b/;

const sparkStopped = /\bSparkContext\b.{0,12}Successfully stopped SparkContext/;
const byShutdownHook = /Invoking stop\(\) from shutdown hook/;
const sparkStopping = /Stopped Spark web UI|SparkContext is stopping|Shutting down all executors/;
/** What executors say when their driver goes as it should. */
const sentAway =
  /CoarseGrainedExecutorBackend\b.{0,12}(?:RECEIVED SIGNAL TERM|Executor self-exiting due to : Driver \S+ disassociated)/;

/** A command that was the last thing in its log, and says itself that it came to its end. */
const lastWord =
  /^Successfully (?:installed|uninstalled|built|tagged)\b|(?:\b(?:R(?:ü|ue)ckgabewert|R(?:ü|ue)ckgabecode|code (?:de )?(?:retour|sortie)|c[oó]digo de (?:salida|retorno|sa[ií]da)|codice di uscita)|終了コード|退出码|返回码) ?[:=：]? ?0\.?$/i;

/** GitHub's runner marks whatever ends a step with `##[error]`; a log that reaches its last line without one ended well. */
const runnersLast = /^Cleaning up orphan processes\b/;
/** In the log's file, and as the page shows it. */
const runnersError = /^(?:##\[error\]|Error: |Process completed with exit code [1-9])/;

/** A program that stopped Spark itself, after a last job that finished, with no trouble told in between. */
function sparkEndedWellAt(reading: LogReading): number | null {
  let wellAt: number | null = null;
  let stopping = false;
  let stopped = false;
  for (const { line, text } of reading.retained()) {
    const said = text.slice(0, 400);
    const job = jobEnded.exec(said);
    if (sparkStopping.test(said)) stopping = true;
    if (stopping && sentAway.test(said)) continue;
    if (job !== null) wellAt = job[1] === "finished" ? line : null;
    else if (wellAt !== null && (sparkTrouble.test(said) || byShutdownHook.test(said))) wellAt = null;
    else if (sparkStopped.test(said)) stopped = true;
    else if (stopped && failed.test(said.replace(stamp, ""))) wellAt = null;
  }
  return stopped ? wellAt : null;
}

const schedulers = /^(?:dagrun|scheduler_job)/;
const runMarked = /^Marking run <DagRun .{1,400}> successful\.?$/;

/** A scheduler's log that ends with a run that it marks as successful. */
function runEndedWellAt({ records }: LogReading): number | null {
  const last = records.at(-1);
  if (last === undefined || !runMarked.test(last.message)) return null;
  return schedulers.test(last.logger ?? "") ? last.firstLine : null;
}

/** The line where such a log says that all went well, when that is its last word on it; else null. */
export function endedWellAt(reading: LogReading): number | null {
  if (reading.format === "spark") return sparkEndedWellAt(reading);
  if (reading.format === "v1") return runEndedWellAt(reading);
  if (reading.format !== "text") return null;
  let wellAt: number | null = null;
  let last: { readonly line: number; readonly said: string } | null = null;
  let marked = false;
  for (const { line, text } of reading.retained()) {
    const said = text.slice(0, 400).replace(stamp, "").trim();
    marked ||= runnersError.test(said);
    if (line <= reading.lineCount - tail) continue;
    if (said !== "") last = { line, said };
    if (failed.test(said)) wellAt = null;
    else if (ended.test(said)) wellAt = line;
  }
  const reached = last !== null && !marked && runnersLast.test(last.said);
  if (last !== null && (reached || lastWord.test(last.said))) wellAt = last.line;
  // Spark's log by another layout of log4j.
  wellAt ??= sparkEndedWellAt(reading);
  const brokenLater = reading.chains.some((chain) => wellAt !== null && chain.lastLine > wellAt);
  return brokenLater ? null : wellAt;
}
