import { z } from "zod";
import type { TaskRef } from "../../core/airflow.js";
import { InputError } from "../../core/errors.js";
import type { AirflowReader, LogSession } from "../../core/ports.js";
import { defineTool } from "../define-tool.js";
import { connection, dag, mapIndex, taskId, tryNumber } from "../fields.js";
import { airflowReaders } from "../lookup/connection.js";
import { cutText } from "../lookup/cut-text.js";
import { type FailureHint, findFailure } from "../lookup/find-failure.js";
import type { ToolPorts } from "../ports.js";

const mostLines = 400;
const mostCharacters = 30_000;
const longestLine = 2_000;

const input = z.strictObject({
  dag,
  run: z.string().min(1).max(250).optional(),
  task: taskId.optional(),
  mapIndex,
  try: tryNumber,
  from: z.int().min(1).optional().describe("first line of an exact range"),
  to: z.int().min(1).optional(),
  budget: z.int().min(100).max(8000).default(1000).describe("tokens"),
  connection,
});

const output = z.object({
  connection: z.string(),
  dag: z.string(),
  run: z.string(),
  task: z.string(),
  mapIndex: z.int(),
  try: z.number(),
  lineCount: z.number(),
  from: z.int().optional(),
  to: z.int().optional(),
  quoted: z.string(),
  more: z.string().optional(),
});

async function whichTask(
  asked: z.infer<typeof input>,
  ports: ToolPorts,
): Promise<{ readonly reader: AirflowReader; readonly ref: TaskRef; readonly tryNumber: number }> {
  const { dag: dagText, run, task, mapIndex: index, try: number, connection: name } = asked;
  const hint: FailureHint = { dag: dagText, run, task, mapIndex: index, try: number, connection: name };
  const target = await findFailure(hint, ports);
  if (target.found?.kind === "airflow_task") {
    const [reader] = airflowReaders(ports, target.found.connection);
    if (!reader) throw new InputError("That connection is gone.", "Name a configured connection.");
    const { ref } = target.found;
    return { reader, ref, tryNumber: target.found.tryNumber ?? (await reader.taskInstance(ref)).tryNumber };
  }
  if (target.found === null && task !== undefined) {
    const { reader, dagId } = target;
    const newest = (await reader.recentRuns(dagId, 1))[0];
    const ref = { dagId, runId: newest?.runId ?? "", taskId: task, mapIndex: index ?? -1 };
    return { reader, ref, tryNumber: number ?? (await reader.taskInstance(ref)).tryNumber };
  }
  const why = target.found === null ? target.because : "no task of that run failed";
  throw new InputError(`No failed task of ${asked.dag} to show: ${why}.`, "Name the run and task.");
}

/** Whole lines within the bounds, and the number of the last one. */
async function range(session: LogSession, from: number, to: number) {
  const lines = await session.lines(from, Math.min(to, from + mostLines - 1));
  let text = "";
  let last = from - 1;
  for (const { line, text: content } of lines) {
    const shown = `${line}: ${cutText(content, longestLine)}\n`;
    if (text !== "" && text.length + shown.length > mostCharacters) break;
    text += shown;
    last = line;
  }
  return { quoted: text, from, to: last };
}

async function show(session: LogSession, asked: z.infer<typeof input>, lineCount: number) {
  const { from, to } = asked;
  if (from === undefined && to === undefined) {
    const quoted = await session.condense(asked.budget);
    return lineCount === 0 ? { quoted } : { quoted, more: "Condensed; give from and to for exact lines." };
  }
  const first = from ?? Math.max(1, (to ?? 1) - mostLines + 1);
  const wanted = Math.min(to ?? first + mostLines - 1, lineCount);
  const part = await range(session, first, wanted);
  return part.to < wanted ? { ...part, more: `Go on with from ${part.to + 1}.` } : part;
}

async function getTaskLog(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const { reader, ref, tryNumber: number } = await whichTask(asked, ports);
  const session = await ports.analyzer.open([await reader.taskLog(ref, number)]);
  try {
    const lineCount = await session.lineCount();
    return {
      connection: reader.connection,
      dag: ref.dagId,
      run: ref.runId,
      task: ref.taskId,
      mapIndex: ref.mapIndex,
      try: number,
      lineCount,
      ...(await show(session, asked, lineCount)),
    };
  } finally {
    await session.close();
  }
}

export const airflowGetTaskLog = defineTool({
  name: "airflow_get_task_log",
  title: "Task log",
  description: "A task's log: condensed to what matters, or lines from..to. Without run/task: the newest failed one.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: getTaskLog,
});
