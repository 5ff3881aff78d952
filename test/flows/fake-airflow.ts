import type { Asset, DagRun, TaskInstance, TaskSpec, XComEntry } from "../../src/core/airflow.js";
import { requireApprovedAction } from "../../src/core/approval/approved-action.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { AirflowReader, AirflowWriter, ClearRequest } from "../../src/core/ports.js";

/** What happens to the next writing request: its answer, or the request itself, is lost; or the process dies around it. */
export type Fault = "lost_before" | "lost_after" | "refused" | "busy" | "killed_before" | "killed_after" | null;

export interface FakeTask {
  readonly id: string;
  readonly after?: readonly string[];
  readonly state: string;
  readonly mapIndexes?: readonly number[];
  readonly operator?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface FakeHome {
  readonly connection: string;
  readonly dagId: string;
  /** Of the run that it has; a trigger gives another. */
  runId: string;
}

export interface FakeDag {
  /** 2: rows have no ids, and a clear leaves max_tries of what never ran as it was. 3 when left out. */
  readonly airflow?: 2 | 3;
  /** false: no run yet, only a trigger makes one. */
  readonly hasRun?: boolean;
  readonly logicalDate?: string | null;
  /** Logical dates of earlier runs, which all went well. */
  readonly earlier?: readonly string[];
  readonly assets?: readonly Asset[];
  /** A test may change them while the story goes on. */
  readonly tags?: string[];
}

export interface FakeAirflow {
  readonly home: FakeHome;
  readonly reader: AirflowReader;
  readonly writer: AirflowWriter;
  /** Every write that had its effect, e.g. `clear load,publish`. */
  readonly effects: string[];
  readonly rows: Map<string, TaskInstance>;
  /** Task ids that fail when they run. */
  readonly broken: Set<string>;
  readonly faults: Fault[];
  readonly xcom: XComEntry[];
  readonly deaths: { kill: () => void };
  down: boolean;
  isPaused: boolean;
  /** The scheduler gave the run up; its tasks are skipped. */
  timedOut: boolean;
  run(): DagRun;
  /** A list that lags behind: it does not show the newest run yet. */
  hidesNewest: boolean;
  /** Somebody triggers the run in Airflow. */
  startByHand(): void;
  /** Somebody reruns what failed, well. */
  rerunByHand(endedAt: string): void;
  /** False: marking a task done leaves what failed behind it as it is. */
  carriesOn: boolean;
  version: string;
  /** The scheduler: runs whatever is due, once through. */
  schedule(): void;
}

const usualHome: FakeHome = { connection: "airflow:test", dagId: "invoices", runId: "scheduled__2026-03-01" };
const startedAt = "2026-03-01T07:50:00Z";
const endedAt = "2026-03-01T07:55:00Z";

export class Killed extends Error {}

export function ambiguous(): UpstreamError {
  return new UpstreamError("No answer came.", "It is looked at again.", "timeout", true, true);
}

/** One DAG with one run that behaves as Airflow 3 does: a clear gives rows new ids, marking done clears what failed behind. */
export function createFakeAirflow(
  tasks: readonly FakeTask[],
  at: Partial<FakeHome> = {},
  dag: FakeDag = {},
): FakeAirflow {
  const home = { ...usualHome, ...at };
  const { connection, dagId, runId } = home;
  const assets = dag.assets ?? [];
  let hasRun = dag.hasRun ?? true;
  let logicalDate = dag.logicalDate ?? null;
  let starts = startedAt;
  let ends = endedAt;
  const rows = new Map<string, TaskInstance>();
  const effects: string[] = [];
  const broken = new Set<string>();
  const faults: Fault[] = [];
  const xcom: XComEntry[] = [];
  const deaths: { kill: () => void } = { kill: () => undefined };
  let serial = 0;
  const nextId = () => (dag.airflow === 2 ? null : `row-${++serial}`);
  const key = (taskId: string, mapIndex: number) => `${taskId}[${mapIndex}]`;

  for (const task of tasks) {
    for (const mapIndex of task.mapIndexes ?? [-1]) {
      const ran = task.state !== "upstream_failed";
      rows.set(key(task.id, mapIndex), {
        dagId,
        runId,
        taskId: task.id,
        mapIndex,
        id: nextId(),
        state: task.state,
        tryNumber: ran ? 1 : 0,
        maxTries: 0,
        operator: task.operator ?? "PythonOperator",
        startedAt: ran ? startedAt : null,
        endedAt,
        durationSeconds: ran ? 60 : null,
        hostname: null,
        pool: null,
        runAfter: null,
        logicalDate: null,
        note: null,
        dagVersion: 1,
        renderedFields: task.fields ?? null,
      });
    }
  }
  const specs: TaskSpec[] = tasks.map((task) => ({
    taskId: task.id,
    operator: task.operator ?? "PythonOperator",
    classModule: null,
    downstreamTaskIds: tasks.filter((other) => other.after?.includes(task.id)).map((other) => other.id),
    triggerRule: "all_success",
    retries: 0,
    isMapped: task.mapIndexes !== undefined,
    executionTimeoutSeconds: null,
    pool: null,
    owner: null,
  }));

  function behind(taskId: string): Set<string> {
    const found = new Set<string>();
    const walk = (id: string): void => {
      for (const next of specs.find((spec) => spec.taskId === id)?.downstreamTaskIds ?? []) {
        if (!found.has(next)) {
          found.add(next);
          walk(next);
        }
      }
    };
    walk(taskId);
    return found;
  }

  function selected(request: ClearRequest): TaskInstance[] {
    const chosen = [...rows.values()].filter((row) => {
      const named = request.tasks.some((task) => task.taskId === row.taskId && task.mapIndex === row.mapIndex);
      return named || (request.includeDownstream && request.tasks.some((task) => behind(task.taskId).has(row.taskId)));
    });
    return request.onlyFailed
      ? chosen.filter((row) => row.state === "failed" || row.state === "upstream_failed")
      : chosen;
  }

  function reset(row: TaskInstance): void {
    rows.set(key(row.taskId, row.mapIndex), {
      ...row,
      id: nextId(),
      state: "none",
      maxTries: dag.airflow === 2 ? row.tryNumber : row.maxTries + 1,
    });
  }

  async function withFault<T>(effect: () => T): Promise<T> {
    const fault = faults.shift() ?? null;
    if (fault === "lost_before") throw ambiguous();
    if (fault === "refused") {
      throw new UpstreamError(
        "Airflow refused: no permission.",
        "Give the write account Op.",
        "forbidden",
        false,
        false,
        403,
      );
    }
    if (fault === "busy") {
      throw new UpstreamError("Airflow is busy.", "Tried again.", "rate_limited", true, false, 429);
    }
    if (fault === "killed_before") {
      deaths.kill();
      throw new Killed();
    }
    const result = effect();
    if (fault === "lost_after") throw ambiguous();
    if (fault === "killed_after") {
      deaths.kill();
      throw new Killed();
    }
    return result;
  }

  const run = (): DagRun => ({
    dagId,
    runId: home.runId,
    state: fake.timedOut ? "failed" : runState([...rows.values()].map((row) => row.state)),
    runType: "scheduled",
    logicalDate,
    runAfter: null,
    startedAt: starts,
    endedAt: ends,
    updatedAt: null,
    conf: {},
    triggeredBy: null,
    note: null,
    dagVersions: [1],
  });
  const earlier = () =>
    (dag.earlier ?? []).map(
      (date): DagRun => ({ ...run(), runId: `scheduled__${date}`, state: "success", logicalDate: date }),
    );
  const notFound = () => new UpstreamError("There is no such run.", "", "not_found", false, false, 404);
  const fake: FakeAirflow = {
    home,
    effects,
    rows,
    broken,
    faults,
    xcom,
    deaths,
    down: false,
    isPaused: false,
    timedOut: false,
    hidesNewest: false,
    run,
    startByHand() {
      hasRun = true;
    },
    rerunByHand(at) {
      ends = at;
      for (const row of [...rows.values()]) rows.set(key(row.taskId, row.mapIndex), { ...row, state: "success" });
    },
    carriesOn: true,
    version: dag.airflow === 2 ? "2.11.2" : "3.3.2",
    reader: {
      ...noReader,
      connection,
      baseUrl: "http://airflow.test",
      version: async () => fake.version,
      run: async (_dag, id) => {
        if (!hasRun || id !== home.runId) throw notFound();
        return run();
      },
      dag: async () => ({
        dagId,
        isPaused: fake.isPaused,
        owners: [],
        tags: [...(dag.tags ?? [])],
        schedule: null,
        hasImportErrors: false,
      }),
      recentRuns: async () => [...(hasRun && !fake.hidesNewest ? [run()] : []), ...earlier()],
      assets: async () => assets,
      tasks: async () => specs,
      taskInstances: async () => {
        if (fake.down) throw new UpstreamError("Airflow does not answer.", "", "unreachable", true, false);
        return [...rows.values()];
      },
      taskInstance: async (ref) => rows.get(key(ref.taskId, ref.mapIndex)) as TaskInstance,
      recentTaskInstances: async (_dag, taskId) =>
        [...rows.values()]
          .filter((row) => row.taskId === taskId)
          .map((row) => ({ ...row, state: "success", durationSeconds: 120 })),
      xcom: async (ref) => xcom.filter((entry) => entry.taskId === ref.taskId),
    },
    writer: {
      connection,
      dryRunClear: async (request) => selected(request),
      clear: async (action, request) => {
        requireApprovedAction(action);
        return withFault(() => {
          const chosen = selected(request);
          for (const row of chosen) reset(row);
          fake.timedOut = false;
          if (chosen.length > 0) effects.push(`clear ${chosen.map((row) => key(row.taskId, row.mapIndex)).join(",")}`);
          return chosen;
        });
      },
      setSuccess: async (action, ref) => {
        requireApprovedAction(action);
        await withFault(() => {
          const row = rows.get(key(ref.taskId, ref.mapIndex));
          if (row === undefined) throw new Error("no such task");
          rows.set(key(ref.taskId, ref.mapIndex), { ...row, state: "success" });
          effects.push(`success ${ref.taskId}`);
          for (const other of [...rows.values()]) {
            const failed = other.state === "failed" || other.state === "upstream_failed";
            if (fake.carriesOn && failed && behind(ref.taskId).has(other.taskId)) reset(other);
          }
        });
      },
      trigger: async (action, request) => {
        requireApprovedAction(action);
        return withFault(() => {
          const sameDate = request.logicalDate !== null && request.logicalDate === logicalDate;
          if (hasRun && (request.runId === home.runId || sameDate)) {
            throw new UpstreamError("Unique constraint violation.", "", "conflict", false, false, 409);
          }
          hasRun = true;
          home.runId = request.runId;
          logicalDate = request.logicalDate;
          starts = "2026-03-01T08:01:00Z";
          for (const row of [...rows.values()]) {
            rows.set(key(row.taskId, row.mapIndex), { ...row, runId: request.runId, state: "none", tryNumber: 0 });
          }
          effects.push(`start ${dagId} ${request.logicalDate ?? "without a date"}`);
          return run();
        });
      },
      canWrite: async () => ({ ok: true, detail: "" }),
    },
    schedule() {
      for (const spec of specs) {
        for (const row of [...rows.values()].filter((one) => one.taskId === spec.taskId && one.state === "none")) {
          const above = specs
            .filter((other) => other.downstreamTaskIds.includes(spec.taskId))
            .map((other) => other.taskId);
          const states = [...rows.values()].filter((one) => above.includes(one.taskId)).map((one) => one.state);
          if (states.some((state) => state === "failed" || state === "upstream_failed")) {
            rows.set(key(row.taskId, row.mapIndex), { ...row, state: "upstream_failed" });
          } else if (states.every((state) => state === "success" || state === "skipped")) {
            const state = broken.has(row.taskId) ? "failed" : "success";
            rows.set(key(row.taskId, row.mapIndex), { ...row, state, tryNumber: row.tryNumber + 1 });
          }
        }
      }
    },
  };
  return fake;
}

function runState(states: readonly string[]): string {
  if (states.some((state) => state === "none" || state === "running")) return "running";
  return states.some((state) => state === "failed" || state === "upstream_failed") ? "failed" : "success";
}

const unused = async (): Promise<never> => {
  throw new Error("not used in this story");
};

async function* nothing(): AsyncGenerator<never> {}

const noReader: Omit<AirflowReader, "connection" | "baseUrl"> = {
  version: unused,
  failedTasksEndedSince: nothing,
  runsChangedSince: nothing,
  dags: unused,
  dag: unused,
  tasks: unused,
  run: unused,
  recentRuns: unused,
  taskInstances: unused,
  taskInstance: unused,
  recentTaskInstances: unused,
  tries: unused,
  taskLog: unused,
  eventLog: unused,
  blocking: unused,
  importFailures: unused,
  dagWarnings: unused,
  pools: unused,
  xcom: unused,
  assets: unused,
  taskUrl: () => "",
  runUrl: () => "",
};
