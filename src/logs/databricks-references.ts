import { stripVTControlCharacters } from "node:util";
import type { LogReading, RunReference } from "../core/rca/reading.js";
import { createLiteralScanner } from "../telemetry/literal-scanner.js";
import type { DecodedLog } from "./decoded-log.js";
import { runLiterals } from "./line-gate.js";

const manyLines = 400_000;

/** A way in which operators, triggers, tools and scripts word a run; `id` is the named group. */
interface Wording {
  readonly pattern: RegExp;
  readonly kind: RunReference["kind"];
}

const phrases: readonly Wording[] = [
  { pattern: /Run submitted with run_id: (?<id>\d{1,19})\b/g, kind: "job_run" },
  { pattern: /\brun-id (?<id>\d{1,19}) in run state /g, kind: "job_run" },
  { pattern: /not yet conclusive in run (?<id>\d{1,19})\b/g, kind: "job_run" },
  { pattern: /Cancell?ing Databricks run (?<id>\d{1,19})\b/g, kind: "job_run" },
  { pattern: /\bwith run_id: (?<id>\d{1,19}) was requested to be cancell?ed/g, kind: "job_run" },
  { pattern: /\bRun: (?<id>\d{1,19}) of job_id: \d{1,19} was requested to be cancell?ed/g, kind: "job_run" },
  { pattern: /'run_id': (?<id>\d{1,19}), 'run_page_url'/g, kind: "job_run" },
  { pattern: /(?:Job submitted successfully|Workflow triggered) with run_id=(?<id>\d{1,19})\b/g, kind: "job_run" },
  {
    pattern: /Python model (?:failed|run ended in \w{1,60} \w{1,60} ?\w{0,60}) \(run_id: (?<id>\d{1,19})\b/g,
    kind: "job_run",
  },
  { pattern: /Python model failed \(run_id: \d{1,19}, task_id: (?<id>\d{1,19})\)/g, kind: "task_run" },
  { pattern: /Job submission response=b?'?\{"run_id": ?(?<id>\d{1,19})\b/g, kind: "job_run" },
  { pattern: /'task_key': '(?:[^'\\]|\\.){0,200}', 'run_id': (?<id>\d{1,19}), 'error': /g, kind: "task_run" },
  { pattern: /'run_id': (?<id>\d{1,19}), 'task_key': '/g, kind: "task_run" },
  { pattern: /\bruns\/get-output\?run_id=(?<id>\d{1,19})\b/g, kind: "task_run" },
  { pattern: /\bruns\/(?:get|export)\?(?:[\w=&]{0,80}&)?run_id=(?<id>\d{1,19})\b/g, kind: "either" },
  {
    pattern: /\b[Dd]atabricks (?:job |workflow |task )?run (?:with )?(?:id |ID |#)?[:=]?\s?(?<id>\d{6,19})\b/g,
    kind: "either",
  },
  { pattern: /\b[Dd]atabricks\b[^\d{}]{0,60}\brun[_ ]id ?[:=]? ?(?<id>\d{6,19})\b/g, kind: "either" },
];

const link = /https?:\/\/[^\s"'<>\\)\]}]{4,500}/g;
const runInLink = /#job\/\d{1,19}\/run\/(\d{1,19})|\/jobs\/\d{1,19}\/runs\/(\d{1,19})|#job\/run\/(\d{1,19})/;
const jobRunLabel =
  /(?:View run status, Spark UI, and logs at|Check the job run in Databricks:|Check the progress of the Databricks job at|Stored Databricks job run link in XCom:|Run URL:|Run page:|run_page_url["']?\s?[:=])\s*["']?$/;
const taskRunLabel = /Check the task run in Databricks:\s*$/;
const jsonRunId = /"run_id"\s*:\s*"?(?<id>\d{1,19})\b/g;
const jsonJobRun = /"number_in_job"|"run_page_url"|"job_run_id"/;
/** Cheap test before the patterns. */
const naming = createLiteralScanner([runLiterals]);
/** What a command line or a rendered template names has not been started by this. */
const echoed = /Running command: |\bRendering |rendered (?:fields|template)/i;

/** The Databricks runs a log names, by the form of words; numbers that only look like run ids are left out. */
export function findRunReferences(reading: LogReading): readonly RunReference[] {
  const known = alreadyFound.get(reading);
  if (known !== undefined) return known;
  const found = searchReading(reading);
  alreadyFound.set(reading, found);
  return found;
}

/** A session asks twice: before the look-ups and for the diagnosis. */
const alreadyFound = new WeakMap<LogReading, readonly RunReference[]>();

function searchReading(reading: LogReading): readonly RunReference[] {
  const found: RunReference[] = [];
  const json: { line: number; text: string }[] = [];
  for (const { line, text } of linesThatMayName(reading)) {
    if (naming.groupsIn(text) === 0 || echoed.test(text)) continue;
    found.push(...inPhrases(text, line, reading.tryNumber), ...inLinks(text, line, reading.tryNumber));
    if (text.includes('"run_id"')) json.push({ line, text });
  }
  if (json.length > 0 && mentionsDatabricks(reading))
    for (const { line, text } of json) found.push(...inJson(text, line, reading.tryNumber));
  return [...found, ...priorJobs(reading)];
}

/** A log of ordinary length is read by number, which makes no object a line. */
function* linesThatMayName(
  reading: LogReading & Pick<DecodedLog, "mayNameRun">,
): Generator<{ readonly line: number; readonly text: string }> {
  const { mayNameRun, lineCount } = reading;
  if (mayNameRun === undefined || lineCount > manyLines) {
    for (const one of reading.retained()) if (mayNameRun === undefined || mayNameRun(one.line)) yield one;
    return;
  }
  for (let line = 1; line <= lineCount; line += 1) {
    if (!mayNameRun(line)) continue;
    const text = reading.line(line);
    if (text !== null) yield { line, text: stripVTControlCharacters(text) };
  }
}

function mentionsDatabricks(reading: LogReading): boolean {
  for (const { text } of reading.retained()) if (/databricks/i.test(text)) return true;
  return false;
}

function inPhrases(text: string, line: number, tryNumber: number | null): RunReference[] {
  const found: RunReference[] = [];
  for (const { pattern, kind } of phrases)
    for (const match of text.matchAll(pattern)) {
      const runId = match.groups?.["id"];
      if (runId !== undefined) found.push({ runId, kind, url: null, line, tryNumber });
    }
  return found;
}

function inLinks(text: string, line: number, tryNumber: number | null): RunReference[] {
  const found: RunReference[] = [];
  for (const match of text.matchAll(link)) {
    const run = runInLink.exec(match[0]);
    const runId = run?.[1] ?? run?.[2] ?? run?.[3];
    if (runId === undefined) continue;
    const before = text.slice(Math.max(0, match.index - 80), match.index);
    const kind = taskRunLabel.test(before) ? "task_run" : jobRunLabel.test(before) ? "job_run" : "either";
    found.push({ runId, kind, url: match[0].replace(/[.,;:]+$/, ""), line, tryNumber });
  }
  return found;
}

/** A REST answer that a script printed; `runs/get` lists its tasks' runs too. */
function inJson(text: string, line: number, tryNumber: number | null): RunReference[] {
  const found: RunReference[] = [];
  let before = 0;
  for (const match of text.matchAll(jsonRunId)) {
    const runId = match.groups?.["id"];
    const between = text.slice(before, match.index);
    before = match.index;
    if (runId === undefined) continue;
    const kind =
      between.includes('"task_key"') || between.includes('"tasks"')
        ? "task_run"
        : jsonJobRun.test(text) || found.length === 0
          ? "job_run"
          : "either";
    found.push({ runId, kind, url: null, line, tryNumber });
  }
  return found;
}

/** Airflow 3 names the run of the try before, when it submits a fresh one. */
function priorJobs(reading: LogReading): RunReference[] {
  return reading.records
    .filter(
      (record) => record.message.startsWith("Prior job in ") && record.extra["external_id_key"] === "databricks_run_id",
    )
    .flatMap((record) => {
      const runId = record.extra["external_id"] ?? "";
      const tryNumber = reading.tryNumber === null ? 0 : reading.tryNumber - 1;
      return /^\d{1,19}$/.test(runId)
        ? [{ runId, kind: "job_run" as const, url: null, line: record.firstLine, tryNumber }]
        : [];
    });
}
