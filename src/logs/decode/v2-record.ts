import { parse as parseLossless } from "lossless-json";
import type { Level } from "../../core/rca/reading.js";
import type { LineSink, RecordHead, StructuredError } from "./line-sink.js";

type Fields = Readonly<Record<string, unknown>>;

const notExtra = new Set([
  "event",
  "timestamp",
  "level",
  "logger",
  "error_detail",
  "dag_id",
  "task_id",
  "run_id",
  "try_number",
  "map_index",
  "ti_id",
  "filename",
  "lineno",
]);
/** Of a run that the task started and waited for: here `dag_id` is that run's, not the task's own. */
const ofStartedRun = "DagRun finished with failed state.";
const longestExtra = 4_000;
const levels: Readonly<Record<string, Level>> = {
  debug: "debug",
  info: "info",
  notice: "info",
  warn: "warning",
  warning: "warning",
  error: "error",
  exception: "error",
  critical: "critical",
  fatal: "critical",
};
/** JSON.parse rounds numbers of 16 digits and more. */
const longNumber = /[:[,]\s*-?\d{16}/;
const deepestGroup = 8;

/** Parses one record; 64-bit ids keep their digits as strings. Undefined when it is no JSON. */
export function parseRecord(json: string): unknown {
  try {
    return longNumber.test(json)
      ? parseLossless(json, null, (digits) => (/^-?\d{16,}$/.test(digits) ? digits : Number(digits)))
      : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** True for the JSON of a record that surely is one line of the decoded log. */
export function isOneLineRecord(json: string): boolean {
  return json.includes('"event"') && !json.includes("\\n") && !json.includes("error_detail");
}

/** Hands one parsed record of an Airflow 3 log to the sink; a plain string is a line of a log without structure. */
export function takeRecord(record: unknown, sink: LineSink): void {
  if (typeof record === "string") {
    for (const line of record.replace(/\r?\n$/, "").split("\n")) sink.line(line);
    return;
  }
  if (!isFields(record)) {
    sink.line(asText(record));
    return;
  }
  if (!("event" in record)) {
    sink.line(JSON.stringify(record));
    return;
  }
  sink.record(headOf(record), asText(record["event"]), errorsOf(record["error_detail"], false, 0));
}

function headOf(record: Fields): RecordHead {
  const extra: Record<string, string> = {};
  for (const [key, value] of Object.entries(record))
    if (!notExtra.has(key) && value !== null) extra[key] = asText(value).slice(0, longestExtra);
  if (record["event"] === ofStartedRun) extra["dag_id"] = asText(record["dag_id"]).slice(0, longestExtra);
  return {
    level: levels[asText(record["level"]).toLowerCase()] ?? null,
    logger: typeof record["logger"] === "string" ? record["logger"] : null,
    extra,
  };
}

function errorsOf(detail: unknown, isMember: boolean, depth: number): StructuredError[] {
  if (!Array.isArray(detail) || depth > deepestGroup) return [];
  return detail.filter(isFields).flatMap((entry) => [
    {
      type: asText(entry["exc_type"]),
      value: asText(entry["exc_value"]),
      notes: Array.isArray(entry["exc_notes"]) ? entry["exc_notes"].map(asText) : [],
      isCause: entry["is_cause"] === true,
      isMember,
      frames: Array.isArray(entry["frames"]) ? entry["frames"].filter(isFields).map(frameOf) : [],
    },
    ...membersOf(entry["exceptions"], depth),
  ]);
}

/** A group's members are lists of entries of their own, bare or under `stacks`. */
function membersOf(exceptions: unknown, depth: number): StructuredError[] {
  if (!Array.isArray(exceptions)) return [];
  return exceptions.flatMap((member: unknown) => {
    if (Array.isArray(member)) return errorsOf(member, true, depth + 1);
    if (!isFields(member)) return [];
    return errorsOf(Array.isArray(member["stacks"]) ? member["stacks"] : [member], true, depth + 1);
  });
}

function frameOf(frame: Fields): StructuredError["frames"][number] {
  return {
    file: asText(frame["filename"]),
    lineNumber: typeof frame["lineno"] === "number" ? frame["lineno"] : null,
    name: asText(frame["name"]),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
