import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { DatabricksRun } from "../../core/databricks.js";
import { InputError } from "../../core/errors.js";
import { defineTool } from "../define-tool.js";
import { connection } from "../fields.js";
import { failuresOf } from "../gathering/databricks-case.js";
import { cutText, cutToEnd } from "../lookup/cut-text.js";
import { findJobRun } from "../lookup/find-job-run.js";
import type { ToolPorts } from "../ports.js";

const input = z.strictObject({
  run: z.string().min(1).max(2000).describe("task run id; of a job run, its first failed task"),
  connection,
  characters: z.int().min(200).max(20000).default(3000).describe("most for each part"),
});

const output = z.object({
  connection: z.string(),
  jobRun: z.string(),
  taskRun: z.string(),
  task: z.string().nullable(),
  innerRun: z.string().nullable(),
  quoted: z.object({
    error: z.string().optional(),
    trace: z.string().optional(),
    logs: z.string().optional(),
    result: z.string().optional(),
  }),
  cut: z.boolean(),
});

/** The service colours traces with ANSI escapes. */
function withoutColours(text: string | null | undefined): string | undefined {
  return text === null || text === undefined ? undefined : stripVTControlCharacters(text);
}

function whichTask(run: DatabricksRun): { readonly taskRunId: string; readonly taskKey: string | null } {
  const [failed] = failuresOf(run);
  if (run.tasks.length === 0) return { taskRunId: run.runId, taskKey: null };
  const chosen = failed ?? (run.tasks.length === 1 ? run.tasks[0] : undefined);
  if (chosen) return chosen;
  const known = run.tasks.slice(0, 20).map((task) => `${task.taskKey} ${task.taskRunId}`);
  throw new InputError(
    `Run ${run.runId} has several tasks and none failed.`,
    `Give one task run: ${known.join(", ")}.`,
  );
}

async function getRunOutput(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const { reader, run } = await findJobRun(ports, asked.connection, asked.run);
  const task = whichTask(run);
  const found = await reader.runOutput(task.taskRunId);
  const trace = withoutColours(found.errorTrace);
  const error = withoutColours([found.error, found.sqlError, found.dbtError].find((text) => text !== null));
  const parts = { error, trace, logs: found.logs ?? undefined, result: found.notebookResult ?? undefined };
  const most = asked.characters;
  return {
    connection: reader.connection,
    jobRun: run.jobRunId,
    taskRun: task.taskRunId,
    task: task.taskKey,
    innerRun: found.innerRunId,
    quoted: {
      ...(parts.error === undefined ? {} : { error: cutText(parts.error, most) }),
      ...(parts.trace === undefined ? {} : { trace: cutToEnd(parts.trace, most) }),
      ...(parts.logs === undefined ? {} : { logs: cutToEnd(parts.logs, most) }),
      ...(parts.result === undefined ? {} : { result: cutText(parts.result, most) }),
    },
    cut: found.logsTruncated || Object.values(parts).some((part) => (part?.length ?? 0) > most),
  };
}

export const databricksGetRunOutput = defineTool({
  name: "databricks_get_run_output",
  title: "Databricks run output",
  description: "Error, trace, logs and result of a task run.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: getRunOutput,
});
