import { z } from "zod";
import {
  type Answer,
  type AnswerLine,
  answerOf,
  bold,
  code,
  durationWords,
  linkLine,
  text,
  time,
} from "../answer-lines.js";
import { causeLine, diagnose, quoteLines } from "./about-failure.js";
import { type Asked, requireDag } from "./asked.js";

const links = z.array(z.object({ label: z.string(), url: z.string() }));
const when = z.string().nullable();

const dagStatus = z.object({
  connection: z.string(),
  dag: z.string(),
  paused: z.boolean(),
  run: when,
  state: z.string(),
  started: when,
  ended: when,
  usualSeconds: z.number().nullable(),
  expectedEnd: when,
  nextExpected: when,
  late: z.boolean(),
  lateBySeconds: z.number(),
  failedTasks: z.array(z.string()),
  links,
});

const whatIsLate = z.object({
  checked: z.number(),
  total: z.number(),
  late: z.array(
    z.object({
      connection: z.string(),
      dag: z.string(),
      state: z.enum(["not_started", "queued", "running", "failed"]),
      due: z.string(),
      lateBySeconds: z.number(),
    }),
  ),
  warnings: z.array(z.string()),
});

const dagRun = z.object({
  connection: z.string(),
  dag: z.string(),
  run: z.string(),
  state: z.string(),
  started: when,
  ended: when,
  taskStates: z.record(z.string(), z.number()),
  tasks: z.array(
    z.object({
      task: z.string(),
      mapIndex: z.number().optional(),
      state: z.string(),
      try: z.number(),
      seconds: z.number().nullable(),
    }),
  ),
  links,
});

const mostTasks = 10;

function lateLine(status: z.infer<typeof dagStatus>): AnswerLine {
  const name = bold(status.dag);
  const by = durationWords(status.lateBySeconds);
  if (status.run === null) return [name, text(" has no runs yet.")];
  if (status.state === "failed") {
    const failed = status.failedTasks.length === 0 ? "" : ` at ${status.failedTasks.join(", ")}`;
    const late = status.late ? ` and is ${by} late` : "";
    return [name, text(` failed${failed}${late}; it will not finish until somebody reruns it.`)];
  }
  if (status.state === "success") {
    if (status.late) return [name, text(` is late: its next run was due ${by} ago and has not started.`)];
    return [name, text(" is not late; its newest run succeeded"), ...at(" ", status.ended), text(".")];
  }
  const verdict = status.late ? `is ${by} late` : "is not late";
  const due: AnswerLine =
    status.expectedEnd === null
      ? [text("; I can't say when it ends: no recent run succeeded")]
      : [text(status.late ? "; it usually would have finished" : "; it should finish"), ...at(" ", status.expectedEnd)];
  return [name, text(` ${verdict}: its run is ${status.state}`), ...due, text(".")];
}

function at(before: string, moment: string | null): AnswerLine {
  return moment === null ? [] : [text(before), time(moment)];
}

/** Is X late, when will it finish. */
export async function answerLate(asked: Asked): Promise<Answer> {
  if (asked.subject === "" && asked.incidentId === null) return answerAllLate(asked);
  const dag = await requireDag(asked, "is orders_daily late");
  const status = dagStatus.parse(await asked.tools.call("airflow_dag_status", { dag }));
  const next = status.paused ? [text("It is paused.")] : [...at("Next run due ", status.nextExpected)];
  return answerOf([
    lateLine(status),
    status.usualSeconds === null ? [] : [text(`A good run usually takes ${durationWords(status.usualSeconds)}.`)],
    next,
    linkLine(status.links),
  ]);
}

/** Is X ok: how its newest run stands, and where it failed, why. */
export async function answerOk(asked: Asked): Promise<Answer> {
  const example = "is orders_daily ok";
  const dag = await requireDag(asked, example);
  const status = dagStatus.parse(await asked.tools.call("airflow_dag_status", { dag }));
  const lines = [lateLine(status), ...(status.paused ? [[text("It is paused.")]] : [])];
  if (status.state !== "failed") return answerOf([...lines, linkLine(status.links)]);
  const found = await diagnose({ ...asked, subject: dag }, example);
  return answerOf([...lines, causeLine(found), ...quoteLines(found).slice(0, 2), linkLine(found.links)], {
    incidentId: found.incidentId,
  });
}

/** What is late, over all DAGs. */
async function answerAllLate(asked: Asked): Promise<Answer> {
  const found = whatIsLate.parse(await asked.tools.call("airflow_what_is_late", {}));
  const warnings = found.warnings.map((warning): AnswerLine => [text(warning)]);
  if (found.total === 0) return answerOf([[text(`Nothing is late; I looked at ${found.checked} DAGs.`)], ...warnings]);
  const more = found.total - found.late.length;
  return answerOf([
    [text(`${found.total} of ${found.checked} DAGs ${found.total === 1 ? "is" : "are"} late:`)],
    ...found.late
      .slice(0, mostTasks)
      .map(
        (row): AnswerLine => [
          bold(row.dag),
          text(` on ${row.connection} is ${durationWords(row.lateBySeconds)} late: ${lateWords[row.state]} `),
          time(row.due),
          text("."),
        ],
      ),
    more > 0 ? [text(`and ${more} more.`)] : [],
    ...warnings,
  ]);
}

const lateWords = {
  not_started: "its run has not started; it was due",
  queued: "its run still waits; it should have ended",
  running: "its run still goes on; it should have ended",
  failed: "its run failed; it should have ended",
} as const;

/** What did the run of X do. */
export async function answerRun(asked: Asked): Promise<Answer> {
  const dag = await requireDag(asked, "what did the last run of orders_daily do");
  const run = dagRun.parse(await asked.tools.call("airflow_get_run", { dag }));
  const counts = Object.entries(run.taskStates).map(([state, count]) => `${count} ${state}`);
  const telling = run.tasks.filter((task) => task.state !== "success");
  const longest = run.tasks
    .filter((task) => task.seconds !== null)
    .toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0];
  return answerOf([
    [bold(run.dag), text(` on ${run.connection}: its newest run is `), bold(run.state)],
    [code(run.run), ...at(", started ", run.started), ...at(", ended ", run.ended)],
    [text(`Tasks: ${counts.join(", ")}.`)],
    ...telling
      .slice(0, mostTasks)
      .map(
        (task): AnswerLine => [
          code(task.mapIndex === undefined ? task.task : `${task.task}[${task.mapIndex}]`),
          text(` ${task.state}, try ${task.try}`),
        ],
      ),
    telling.length > mostTasks ? [text(`and ${telling.length - mostTasks} more.`)] : [],
    longest ? [text("Longest: "), code(longest.task), text(`, ${durationWords(longest.seconds ?? 0)}.`)] : [],
    linkLine(run.links),
  ]);
}
