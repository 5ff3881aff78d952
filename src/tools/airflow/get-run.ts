import { z } from "zod";
import type { TaskInstance } from "../../core/airflow.js";
import { InputError } from "../../core/errors.js";
import { defineTool } from "../define-tool.js";
import { connection, dag, links } from "../fields.js";
import { byEnd } from "../gathering/task-graph.js";
import { findDag } from "../lookup/find-dag.js";
import type { ToolPorts } from "../ports.js";

const mostTasks = 40;

const input = z.strictObject({
  dag,
  run: z.string().min(1).max(250).default("latest").describe("run id or latest"),
  connection,
});

const output = z.object({
  connection: z.string(),
  dag: z.string(),
  run: z.string(),
  state: z.string(),
  runType: z.string(),
  runAfter: z.string().nullable(),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  taskStates: z.record(z.string(), z.number()),
  tasks: z.array(
    z.object({
      task: z.string(),
      mapIndex: z.int().optional(),
      state: z.string(),
      try: z.number(),
      seconds: z.number().nullable(),
    }),
  ),
  tasksOmitted: z.number(),
  links,
});

const order = ["failed", "running", "up_for_retry", "upstream_failed"];

function byInterest(left: TaskInstance, right: TaskInstance): number {
  const rank = (task: TaskInstance) => (order.indexOf(task.state) + order.length + 1) % (order.length + 1);
  return rank(left) - rank(right) || byEnd(left, right);
}

function countStates(tasks: readonly TaskInstance[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[task.state] = (counts[task.state] ?? 0) + 1;
  return counts;
}

async function getRun(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const { reader, dag: found } = await findDag(ports, asked.connection, asked.dag);
  const latest = asked.run === "latest";
  const run = latest ? (await reader.recentRuns(found.dagId, 1))[0] : await reader.run(found.dagId, asked.run);
  if (!run) throw new InputError(`${found.dagId} has no runs yet.`, "Ask about another DAG.");
  const tasks = (await reader.taskInstances(run.dagId, run.runId)).toSorted(byInterest);
  return {
    connection: reader.connection,
    dag: run.dagId,
    run: run.runId,
    state: run.state,
    runType: run.runType,
    runAfter: run.runAfter,
    started: run.startedAt,
    ended: run.endedAt,
    taskStates: countStates(tasks),
    tasks: tasks.slice(0, mostTasks).map((task) => ({
      task: task.taskId,
      ...(task.mapIndex >= 0 ? { mapIndex: task.mapIndex } : {}),
      state: task.state,
      try: task.tryNumber,
      seconds: task.durationSeconds === null ? null : Math.round(task.durationSeconds),
    })),
    tasksOmitted: Math.max(0, tasks.length - mostTasks),
    links: [{ label: "Open in Airflow", url: reader.runUrl(run.dagId, run.runId) }],
  };
}

export const airflowGetRun = defineTool({
  name: "airflow_get_run",
  title: "One DAG run",
  description: "State of a DAG run and its tasks, failed ones first.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: getRun,
});
