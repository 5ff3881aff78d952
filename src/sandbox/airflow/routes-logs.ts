import type { Router } from "express";
import { toJson } from "../json.js";
import type { TryContext } from "../pipelines/pipeline.js";
import type { DagRunState, TaskInstanceState } from "../world/state.js";
import { answer } from "./answer.js";
import { invalid, refused } from "./http-error.js";
import type { LogRecord } from "./log-record.js";
import { values, whole } from "./queries.js";
import { type AirflowSite, definitionOr404, instanceOr404, param } from "./site.js";
import { sourceLines, writeTaskLog } from "./task-log.js";
import { microTime } from "./times.js";
import { jobRunUrl, xcomsOf } from "./xcoms.js";

const BASE = "/dags/:dagId/dagRuns/:runId/taskInstances/:taskId";
const JSON_TYPE = "application/json";
const NDJSON_TYPE = "application/x-ndjson";

/** Logs, XComs and links of task instances. */
export function addLogRoutes(router: Router, site: AirflowSite): void {
  router.get(`${BASE}/logs/:tryNumber`, (request, response) => {
    const type = negotiate(request.headers.accept);
    if (type === null) throw refused(406, "Only application/json or application/x-ndjson is supported");
    const { run, task } = find(request.params, request.query);
    const tryText = param(request, "tryNumber");
    if (!/^\d+$/.test(tryText)) {
      throw invalid(
        ["path", "try_number"],
        "Input should be a valid integer, unable to parse string as an integer",
        "int_parsing",
        tryText,
      );
    }
    const { head, records, running } = readLog(run, task, Number(tryText));
    const from = offsetOf(values(request.query, "token").at(-1));
    const token = Buffer.from(JSON.stringify({ log_pos: records.length, end_of_log: !running })).toString("base64url");
    if (type === JSON_TYPE) {
      const shown = from === 0 ? [...head.map((event) => ({ event })), ...records] : records.slice(from);
      answer(response, { content: shown, continuation_token: running ? token : null });
      return;
    }
    // NDJSON carries the token also when the log is complete, and using it then gives the whole log again.
    response.setHeader("Airflow-Continuation-Token", token);
    const rest = running ? records.slice(from) : records;
    const shown = from === 0 || !running ? [...head.map((event) => ({ timestamp: null, event })), ...rest] : rest;
    response
      .status(200)
      .type(NDJSON_TYPE)
      .send(shown.map((record) => `${toJson(record)}\n`).join(""));
  });

  router.get(`${BASE}/xcomEntries`, (request, response) => {
    const { run, task } = find(request.params, request.query);
    const entries = xcoms(run, task).map(({ value: _value, ...entry }) => entry);
    answer(response, { xcom_entries: entries, total_entries: entries.length });
  });

  router.get(`${BASE}/xcomEntries/:key`, (request, response) => {
    const { run, task } = find(request.params, request.query);
    const key = param(request, "key");
    const entry = xcoms(run, task).find((candidate) => candidate["key"] === key);
    if (entry === undefined) throw refused(404, `XCom entry with key: \`${key}\` not found`);
    const stringify = values(request.query, "stringify").at(-1) === "true";
    answer(response, stringify ? { ...entry, value: toJson(entry["value"]) } : entry);
  });

  router.get(`${BASE}/links`, (request, response) => {
    const { task } = find(request.params, request.query);
    const work = definitionOr404(site, task.dagId, task.taskId).work;
    const links = "name" in work ? { "See Databricks Job Run": jobRunUrl(site, task) } : {};
    answer(response, { extra_links: links, total_entries: Object.keys(links).length });
  });

  function find(
    params: Record<string, unknown>,
    query: Record<string, unknown>,
  ): { run: DagRunState; task: TaskInstanceState } {
    const text = (name: string): string => String(params[name] ?? "");
    return instanceOr404(site, text("dagId"), text("runId"), text("taskId"), whole(query, "map_index", -1));
  }

  function readLog(
    run: DagRunState,
    task: TaskInstanceState,
    tryNumber: number,
  ): { head: readonly string[]; records: readonly LogRecord[]; running: boolean } {
    const empty = ["::group::Log message source details", "::endgroup::"];
    if (tryNumber === 0 && task.tries.length === 0) {
      const why =
        task.state === "upstream_failed"
          ? "Task did not run because upstream task(s) failed."
          : task.state === "skipped"
            ? "Task was skipped, no logs available."
            : null;
      if (why !== null) {
        const record = { timestamp: microTime(task.endedAt ?? site.sim.world.now), event: why };
        return { head: empty, records: [record], running: false };
      }
    }
    const attempt = task.tries.find((candidate) => candidate.tryNumber === tryNumber);
    if (attempt === undefined) throw refused(404, "TaskInstance not found");
    const context: TryContext = { world: site.sim.world, run, task, attempt };
    const definition = definitionOr404(site, run.dagId, task.taskId);
    const records = writeTaskLog(site.sim, definition, context, site.workspaceUrl);
    return { head: sourceLines(run, task, tryNumber), records, running: attempt.endedAt === null };
  }

  function xcoms(run: DagRunState, task: TaskInstanceState): readonly Record<string, unknown>[] {
    return xcomsOf(site, run, task).map(({ key, value, at }) => ({
      key,
      timestamp: microTime(at),
      logical_date: run.logicalDate === null ? null : microTime(run.logicalDate),
      map_index: task.mapIndex,
      task_id: task.taskId,
      dag_id: task.dagId,
      run_id: task.runId,
      dag_display_name: task.dagId,
      task_display_name: task.taskId,
      run_after: microTime(run.runAfter),
      value,
    }));
  }
}

/** The first listed of JSON and NDJSON wins; nothing or anything is JSON; all else is refused. */
function negotiate(accept: string | undefined): string | null {
  if (accept === undefined || accept === "") return JSON_TYPE;
  const types = accept.split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  const listed = types.find((type) => type === JSON_TYPE || type === NDJSON_TYPE);
  if (listed !== undefined) return listed;
  return types.length === 1 && types[0] === "*/*" ? JSON_TYPE : null;
}

function offsetOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  try {
    const read = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as { log_pos?: unknown };
    if (typeof read.log_pos === "number") return read.log_pos;
  } catch {
    throw refused(400, "Bad Signature. Please use only the tokens provided by the API.");
  }
  throw refused(400, "Bad Signature. Please use only the tokens provided by the API.");
}
