import type { DagRun, TaskInstance, TaskRef, TaskSpec, XComEntry } from "../../core/airflow.js";
import { emptyCase, type FailureCase } from "../../core/case.js";
import type { AirflowReader, LogInput } from "../../core/ports.js";
import { firstFailedAncestor } from "../../core/rca/upstream.js";
import type { Gaps } from "./gaps.js";
import { parentsOf } from "./task-graph.js";

/** One task's failure as Airflow tells it. */
export interface TaskReading {
  readonly facts: FailureCase;
  /** The try that failed. */
  readonly tryNumber: number;
  /** The task whose log holds the cause: the one asked about, or its first failed ancestor. */
  readonly ref: TaskRef;
  readonly ancestor: TaskInstance | null;
  /** The try that failed first in the list, then earlier ones. */
  readonly logs: readonly LogInput[];
}

const mostNeighbours = 5;

const aboutDatabricks = (text: string | null | undefined): boolean => /databricks/i.test(text ?? "");

function usesDatabricks(task: TaskInstance | null, spec: TaskSpec | undefined): boolean {
  return [task?.operator, spec?.operator, spec?.classModule].some(aboutDatabricks);
}

/** Tasks whose XCom may name the Databricks run this task is about: its parents and its workflow group's launch task. */
function neighbours(ref: TaskRef, siblings: readonly TaskInstance[], specs: readonly TaskSpec[]): readonly string[] {
  const known = new Set([...siblings.map((task) => task.taskId), ...specs.map((spec) => spec.taskId)]);
  const groups = ref.taskId.split(".").slice(0, -1);
  const launches = groups
    .map((_, depth) => `${groups.slice(0, groups.length - depth).join(".")}.launch`)
    .filter((taskId) => known.has(taskId));
  return [...new Set([...launches, ...parentsOf(ref.taskId, specs)])]
    .filter((taskId) => taskId !== ref.taskId)
    .slice(0, mostNeighbours);
}

async function readXcom(
  reader: AirflowReader,
  ref: TaskRef,
  siblings: readonly TaskInstance[],
  specs: readonly TaskSpec[],
  gaps: Gaps,
): Promise<{ readonly own: readonly XComEntry[]; readonly others: readonly XComEntry[] }> {
  const [own, ...others] = await Promise.all([
    gaps.read("The task's XCom", reader.xcom(ref), []),
    ...neighbours(ref, siblings, specs).map((taskId) =>
      gaps.read(`XCom of ${taskId}`, reader.xcom({ ...ref, taskId, mapIndex: -1 }), []),
    ),
  ]);
  return { own, others: others.flat() };
}

/** A log whose stream breaks off ends there instead of ending the diagnosis. */
function tolerant(log: LogInput, gaps: Gaps): LogInput {
  const { bytes } = log;
  return {
    ...log,
    bytes: (async function* () {
      const parts = bytes[Symbol.asyncIterator]();
      for (;;) {
        const part = await gaps.read(`The log of try ${log.tryNumber ?? "?"} from here on`, parts.next(), {
          done: true,
          value: undefined,
        } as const);
        if (part.done) return;
        yield part.value;
      }
    })(),
  };
}

/** An earlier try's log is fetched when the analyzer comes to it: a connection must not wait idle behind a big one. */
function laterLog(reader: AirflowReader, ref: TaskRef, tryNumber: number): LogInput {
  return {
    name: `try ${tryNumber}`,
    tryNumber,
    format: "unknown",
    bytes: (async function* () {
      yield* (await reader.taskLog(ref, tryNumber)).bytes;
    })(),
  };
}

async function readLogs(
  reader: AirflowReader,
  ref: TaskRef,
  tryNumber: number,
  gaps: Gaps,
): Promise<readonly LogInput[]> {
  const earlier = [...new Set([tryNumber - 1, 1])].filter((number) => number >= 1 && number < tryNumber);
  const failed = await gaps.read(`The log of try ${tryNumber}`, reader.taskLog(ref, tryNumber), null);
  if (failed === null) return [];
  return [failed, ...earlier.map((number) => laterLog(reader, ref, number))].map((log) => tolerant(log, gaps));
}

function failedTry(task: TaskInstance | null, tries: FailureCase["tries"], asked: number | null): number {
  if (asked !== null) return asked;
  if (task !== null && (task.state === "failed" || task.state === "upstream_failed")) return task.tryNumber;
  const ended = tries.filter((entry) => entry.state === "failed" || entry.state === "up_for_retry");
  return Math.max(0, ...ended.map((entry) => entry.tryNumber)) || (task?.tryNumber ?? 1);
}

/** Everything Airflow tells cheaply about one task's failure; parts that can't be read become gaps. */
export async function readTaskFailure(
  reader: AirflowReader,
  asked: TaskRef,
  askedTry: number | null,
  gaps: Gaps,
): Promise<TaskReading> {
  const { dagId, runId } = asked;
  const [askedTask, run, siblings, specs, dag] = await Promise.all([
    gaps.read<TaskInstance | null>(`Task ${asked.taskId}`, reader.taskInstance(asked), null),
    gaps.read<DagRun | null>(`Run ${runId}`, reader.run(dagId, runId), null),
    gaps.read("The run's other tasks", reader.taskInstances(dagId, runId), []),
    gaps.read("The DAG's tasks", reader.tasks(dagId), []),
    gaps.read(`DAG ${dagId}`, reader.dag(dagId), null),
  ]);
  const ancestor =
    askedTask?.state === "upstream_failed"
      ? firstFailedAncestor({ ...emptyCase, task: askedTask, siblings, specs })
      : null;
  const task = ancestor ?? askedTask;
  const ref: TaskRef = ancestor ? { dagId, runId, taskId: ancestor.taskId, mapIndex: ancestor.mapIndex } : asked;
  const spec = specs.find((entry) => entry.taskId === ref.taskId);
  const tries = await gaps.read("Earlier tries", reader.tries(ref), []);
  const tryNumber = failedTry(task, tries, ancestor ? null : askedTry);
  const [logs, xcom] = await Promise.all([
    tryNumber > 0 ? readLogs(reader, ref, tryNumber, gaps) : [],
    usesDatabricks(task, spec) ? readXcom(reader, ref, siblings, specs, gaps) : { own: [], others: [] },
  ]);
  const facts = { ...emptyCase, task, run, siblings, specs, dag, tries, xcom: xcom.own, otherXcom: xcom.others };
  return { facts, tryNumber, ref, ancestor, logs };
}

/** A run that failed without a failed task: the DAG, its tasks and what the scheduler says. */
export async function readRunFailure(
  reader: AirflowReader,
  dagId: string,
  runId: string,
  gaps: Gaps,
): Promise<FailureCase> {
  const [run, siblings, specs, dag] = await Promise.all([
    gaps.read<DagRun | null>(`Run ${runId}`, reader.run(dagId, runId), null),
    gaps.read("The run's tasks", reader.taskInstances(dagId, runId), []),
    gaps.read("The DAG's tasks", reader.tasks(dagId), []),
    gaps.read(`DAG ${dagId}`, reader.dag(dagId), null),
  ]);
  return { ...emptyCase, run, siblings, specs, dag };
}

/** What only the scheduler knows: asked for when the log alone does not say why. */
export async function readSchedulerSide(
  reader: AirflowReader,
  facts: FailureCase,
  ref: { readonly dagId: string; readonly runId: string; readonly taskId: string | null; readonly mapIndex: number },
  gaps: Gaps,
): Promise<FailureCase> {
  const { dagId, runId, taskId } = ref;
  const [eventLog, importFailures, warnings, pools, blocking] = await Promise.all([
    gaps.read("Airflow's event log", reader.eventLog({ dagId, runId, ...(taskId === null ? {} : { taskId }) }), []),
    gaps.read("Import errors", reader.importFailures(), []),
    gaps.read("DAG warnings", reader.dagWarnings(dagId), []),
    gaps.read("Pools", reader.pools(), []),
    taskId === null || facts.task?.startedAt
      ? []
      : gaps.read("Why the task waits", reader.blocking({ dagId, runId, taskId, mapIndex: ref.mapIndex }), []),
  ]);
  return { ...facts, eventLog, importFailures, warnings, pools, blocking };
}
