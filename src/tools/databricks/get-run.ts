import { z } from "zod";
import type { DatabricksTaskRun, RunStatus } from "../../core/databricks.js";
import { defineTool } from "../define-tool.js";
import { connection, links } from "../fields.js";
import { failuresOf } from "../gathering/databricks-case.js";
import { cutText } from "../lookup/cut-text.js";
import { findJobRun } from "../lookup/find-job-run.js";
import type { ToolPorts } from "../ports.js";

const mostTasks = 40;
const longestMessage = 600;

const input = z.strictObject({ run: z.string().min(1).max(2000).describe("run id or address"), connection });

const output = z.object({
  connection: z.string(),
  run: z.string(),
  jobRun: z.string(),
  job: z.string().nullable(),
  name: z.string().nullable(),
  state: z.string(),
  termination: z.string().nullable(),
  quoted: z.string().nullable(),
  started: z.string().nullable(),
  ended: z.string().nullable(),
  repairs: z.number(),
  tasks: z.array(
    z.object({
      task: z.string(),
      taskRun: z.string(),
      state: z.string(),
      attempt: z.number(),
      kind: z.string(),
      cluster: z.string().nullable(),
    }),
  ),
  tasksOmitted: z.number(),
  links,
});

const stateOf = (status: RunStatus): string => status.result ?? status.lifeCycle;

/** A repair may count its attempts from 0 again: the later start decides. */
function isLater(task: DatabricksTaskRun, known: DatabricksTaskRun): boolean {
  const order = (task.startedAt ?? "").localeCompare(known.startedAt ?? "");
  return order > 0 || (order === 0 && task.attempt > known.attempt);
}

function latestAttempts(tasks: readonly DatabricksTaskRun[]): readonly DatabricksTaskRun[] {
  const latest = new Map<string, DatabricksTaskRun>();
  for (const task of tasks) {
    const known = latest.get(task.taskKey);
    if (known === undefined || isLater(task, known)) latest.set(task.taskKey, task);
  }
  return [...latest.values()];
}

async function getRun(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const { reader, run } = await findJobRun(ports, asked.connection, asked.run);
  const failed = failuresOf(run);
  const tasks = [...new Set([...failed, ...latestAttempts(run.tasks)])];
  const { status } = run;
  return {
    connection: reader.connection,
    run: run.runId,
    jobRun: run.jobRunId,
    job: run.jobId,
    name: run.runName,
    state: stateOf(status),
    termination: [status.terminationCode, status.terminationType].filter((part) => part !== null).join(" ") || null,
    quoted: status.message === null ? null : cutText(status.message, longestMessage),
    started: run.startedAt,
    ended: run.endedAt,
    repairs: run.repairs.filter((repair) => repair.type === "REPAIR").length,
    tasks: tasks.slice(0, mostTasks).map((task) => ({
      task: task.taskKey,
      taskRun: task.taskRunId,
      state: stateOf(task.status),
      attempt: task.attempt,
      kind: task.kind,
      cluster: task.clusterId,
    })),
    tasksOmitted: Math.max(0, tasks.length - mostTasks),
    links: [{ label: "Open in Databricks", url: reader.runUrl({ runId: run.runId, url: run.pageUrl }) }],
  };
}

export const databricksGetRun = defineTool({
  name: "databricks_get_run",
  title: "One Databricks run",
  description: "State of a job or task run; latest attempt of each task, failed ones first.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: getRun,
});
