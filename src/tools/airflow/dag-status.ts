import { z } from "zod";
import type { DagRun } from "../../core/airflow.js";
import { defineTool } from "../define-tool.js";
import { connection, dag, links, strings } from "../fields.js";
import { findDag } from "../lookup/find-dag.js";
import type { ToolPorts } from "../ports.js";

const lookBack = 25;
/** Later than this share over the usual duration is late; runs are never that regular. */
const tolerance = 1.25;
const leastToleranceMs = 5 * 60_000;

const input = z.strictObject({ dag, connection });

const output = z.object({
  connection: z.string(),
  dag: z.string(),
  paused: z.boolean(),
  schedule: z.string().nullable(),
  run: z.string().nullable(),
  state: z.string(),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  usualSeconds: z.number().nullable(),
  expectedEnd: z.string().nullable(),
  nextExpected: z.string().nullable(),
  late: z.boolean(),
  lateBySeconds: z.number(),
  failedTasks: strings,
  links,
});

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

const at = (time: string | null): number | null => (time === null ? null : Date.parse(time));
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Milliseconds a good run usually takes; null when none of the recent ones succeeded. */
function usualMs(runs: readonly DagRun[]): number | null {
  const good = runs.filter((run) => run.state === "success");
  return median(
    good.flatMap((run) => (run.startedAt && run.endedAt ? [Date.parse(run.endedAt) - Date.parse(run.startedAt)] : [])),
  );
}

/** The usual time between scheduled runs; null for DAGs that are only triggered. */
function intervalMs(runs: readonly DagRun[]): number | null {
  const times = runs.flatMap((run) => (run.runType === "scheduled" && run.runAfter ? [Date.parse(run.runAfter)] : []));
  const gaps = times.slice(1).map((time, index) => (times[index] ?? time) - time);
  return median(gaps.filter((gap) => gap > 0));
}

/** When the newest run should be over, and by how much it is late now. A failed run stays late until a rerun succeeds. */
function lateness(newest: DagRun | undefined, usual: number | null, nextStart: number | null, now: number) {
  if (newest === undefined) return { expectedEnd: null, lateMs: 0 };
  const unfinished = newest.state !== "success";
  const start = at(newest.startedAt) ?? at(newest.runAfter);
  const expectedEnd = unfinished && usual !== null && start !== null ? start + usual : null;
  const grace = Math.max(leastToleranceMs, (usual ?? 0) * (tolerance - 1));
  const due = expectedEnd ?? (unfinished ? null : nextStart);
  const lateMs = due !== null && now - due > grace ? now - due : 0;
  return { expectedEnd, lateMs };
}

async function dagStatus(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const { reader, dag: found } = await findDag(ports, asked.connection, asked.dag);
  const runs = await reader.recentRuns(found.dagId, lookBack);
  const [newest] = runs;
  const tasks = newest && newest.state !== "success" ? await reader.taskInstances(newest.dagId, newest.runId) : [];
  const usual = usualMs(runs);
  const interval = found.isPaused ? null : intervalMs(runs);
  const lastStart = at(runs.find((run) => run.runType === "scheduled")?.runAfter ?? null);
  const nextStart = interval === null || lastStart === null ? null : lastStart + interval;
  const { expectedEnd, lateMs } = lateness(newest, usual, nextStart, ports.clock.now().getTime());
  return {
    connection: reader.connection,
    dag: found.dagId,
    paused: found.isPaused,
    schedule: found.schedule,
    run: newest?.runId ?? null,
    state: newest?.state ?? "no runs",
    started: newest?.startedAt ?? null,
    ended: newest?.endedAt ?? null,
    usualSeconds: usual === null ? null : Math.round(usual / 1000),
    expectedEnd: newest?.state === "failed" ? null : iso(expectedEnd),
    nextExpected: iso(nextStart),
    late: lateMs > 0,
    lateBySeconds: Math.round(lateMs / 1000),
    failedTasks: [...new Set(tasks.filter((task) => task.state === "failed").map((task) => task.taskId))].slice(0, 10),
    links: newest ? [{ label: "Open in Airflow", url: reader.runUrl(newest.dagId, newest.runId) }] : [],
  };
}

export const airflowDagStatus = defineTool({
  name: "airflow_dag_status",
  title: "Is a DAG late",
  description: "Newest run of a DAG, whether it is late and when it should finish, from its usual durations.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: dagStatus,
});
