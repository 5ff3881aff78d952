import { requireApprovedAction } from "../../src/core/approval/approved-action.js";
import type { DatabricksRun, DatabricksTaskRun, RepairEntry, RunStatus } from "../../src/core/databricks.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { DatabricksReader, DatabricksWriter } from "../../src/core/ports.js";
import { ambiguous, type Fault, Killed } from "./fake-airflow.js";

export interface FakeDatabricks {
  readonly reader: DatabricksReader;
  readonly writer: DatabricksWriter;
  /** `repair 5001: aggregate`. */
  readonly effects: string[];
  readonly faults: Fault[];
  readonly deaths: { kill: () => void };
  run(): DatabricksRun;
  /** Ends what runs. */
  finish(result: "SUCCESS" | "SUCCESS_WITH_FAILURES" | "FAILED"): void;
  /** So many reads after a repair still show how the run ended before it. */
  lag: number;
  /** Another run of the job within the same time. */
  sibling: boolean;
  /** Somebody repairs it in the workspace. */
  repairByHand(): void;
  /** A cancel is asked for only; the run stops with the next call of `finish`. */
  isStopping: boolean;
  /** Runs do not show the token they were started with. */
  hidesTokens: boolean;
  /** Idempotency tokens of new runs, as they came. */
  readonly tokens: string[];
  /** Somebody starts the job in the workspace. */
  startByHand(): void;
}

export function status(lifeCycle: string, result: string | null): RunStatus {
  return {
    lifeCycle,
    result,
    message: null,
    terminationCode: null,
    terminationType: null,
    terminationMessage: null,
    cancelledOrTimedOut: false,
  };
}

/** A job run whose tasks ended as given; a repair must name the latest repair, as the service demands. */
export function createFakeDatabricks(
  results: Readonly<Record<string, string>>,
  more: { readonly startedAt?: string; readonly whole?: RunStatus; readonly jobId?: string | null } = {},
): FakeDatabricks {
  const effects: string[] = [];
  const faults: Fault[] = [];
  const tokens: string[] = [];
  const deaths: { kill: () => void } = { kill: () => undefined };
  let serial = 0;
  let tolerates = false;
  let running: readonly string[] = Object.keys(results).filter((taskKey) => results[taskKey] === "RUNNING");
  let whole = more.whole ?? null;
  let newRun: DatabricksRun | null = null;
  let tasks: DatabricksTaskRun[] = Object.entries(results).map(([taskKey, result]) =>
    taskRun(taskKey, result === "RUNNING" ? null : result),
  );
  let repairs: RepairEntry[] = [entry("ORIGINAL", "0", status("TERMINATED", "FAILED"))];

  function taskRun(taskKey: string, result: string | null): DatabricksTaskRun {
    serial += 1;
    return {
      taskRunId: String(6000 + serial),
      taskKey,
      attempt: serial,
      status: result === null ? status("RUNNING", null) : status("TERMINATED", result),
      startedAt: `2026-03-01T07:${String(50 + Math.min(serial, 9))}:00Z`,
      endedAt: null,
      durationMs: 60_000,
      clusterId: null,
      kind: "notebook",
      dependsOn: [],
      pageUrl: null,
      iterations: [],
    };
  }

  function entry(type: string, id: string, how: RunStatus): RepairEntry {
    return { id, type, status: how, startedAt: `2026-03-01T08:0${id.length}:00Z`, endedAt: null, taskRunIds: [] };
  }

  function current(): DatabricksRun {
    const failed = tasks.some((task) =>
      ["FAILED", "CANCELED"].includes(tasks.filter((o) => o.taskKey === task.taskKey).at(-1)?.status.result ?? ""),
    );
    return {
      runId: "5001",
      jobId: more.jobId === undefined ? "77" : more.jobId,
      runName: "invoices job",
      jobRunId: "5001",
      status:
        running.length > 0
          ? status(fake.isStopping ? "TERMINATING" : "RUNNING", null)
          : whole !== null
            ? whole
            : status("TERMINATED", failed ? "FAILED" : tolerates ? "SUCCESS_WITH_FAILURES" : "SUCCESS"),
      startedAt: more.startedAt ?? "2026-03-01T07:51:00Z",
      endedAt: null,
      durationMs: 300_000,
      runType: "JOB_RUN",
      trigger: "ONE_TIME",
      creator: null,
      pageUrl: null,
      tasks,
      repairs,
      numberInJob: null,
      idempotencyToken: null,
    };
  }

  function begin(keys: readonly string[]): string {
    whole = null;
    const id = `9${repairs.length}`.padEnd(repairs.length + 1, "0");
    running = keys;
    tasks = [...tasks, ...keys.map((taskKey) => taskRun(taskKey, null))];
    repairs = [...repairs, entry("REPAIR", id, status("RUNNING", null))];
    return id;
  }

  /** A run of the last days that took five minutes on three machines. */
  function good(runId: string): DatabricksRun {
    const compute = { sparkVersion: null, nodeType: null, workers: "2" };
    const done = Object.keys(results).map((taskKey) => ({ ...taskRun(taskKey, "SUCCESS"), compute }));
    const startedAt = "2026-02-27T07:51:00Z";
    return {
      ...current(),
      startedAt,
      runId,
      jobRunId: runId,
      status: status("TERMINATED", "SUCCESS"),
      tasks: done,
      repairs: [],
    };
  }

  async function withFault<T>(effect: () => T): Promise<T> {
    const fault = faults.shift() ?? null;
    if (fault === "lost_before") throw ambiguous();
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

  const fake: FakeDatabricks = {
    lag: 0,
    sibling: false,
    isStopping: false,
    tokens,
    hidesTokens: false,
    startByHand() {
      newRun = { ...current(), runId: "5200", jobRunId: "5200", status: status("RUNNING", null) };
    },
    effects,
    faults,
    deaths,
    run: current,
    finish(given) {
      const result = fake.isStopping ? "CANCELED" : given;
      if (newRun !== null) newRun = { ...newRun, status: status("TERMINATED", result) };
      fake.isStopping = false;
      tolerates = result === "SUCCESS_WITH_FAILURES";
      tasks = tasks.map((task) =>
        task.status.lifeCycle === "RUNNING" ? { ...task, status: status("TERMINATED", result) } : task,
      );
      repairs = repairs.map((one) =>
        one.status.lifeCycle === "RUNNING" ? { ...one, status: status("TERMINATED", result) } : one,
      );
      running = [];
    },
    repairByHand() {
      begin(["aggregate"]);
    },
    reader: {
      connection: "databricks:test",
      baseUrl: "http://databricks.test",
      whoAmI: async () => "tester",
      run: async (runId) => {
        if (newRun !== null && runId === newRun.runId) return newRun;
        if (runId.startsWith("40")) return good(runId);
        if (runId !== "5001") throw new UpstreamError("No such run.", "", "not_found", false, false, 404);
        if (running.length > 0 && fake.lag > 0) {
          fake.lag -= 1;
          return { ...current(), status: status("TERMINATED", "SUCCESS") };
        }
        return current();
      },
      runOutput: async () => {
        throw new Error("not used in this story");
      },
      async *runs({ which }) {
        const isActive = (run: DatabricksRun) => run.status.lifeCycle !== "TERMINATED" && run.status.result === null;
        const shown = newRun === null ? [] : [{ ...newRun, ...(fake.hidesTokens ? { idempotencyToken: null } : {}) }];
        const own = [current(), ...shown];
        yield* own.filter((run) => isActive(run) === (which === "active"));
        if (which === "active") return;
        yield* ["4001", "4002", "4003"].map(good);
        if (fake.sibling) yield { ...current(), runId: "5002", jobRunId: "5002" };
      },
      clusterEvents: async () => [],
      pipelineEvents: async () => [],
      runUrl: () => "",
    },
    writer: {
      connection: "databricks:test",
      repair: async (action, request) => {
        requireApprovedAction(action);
        return withFault(() => {
          const latest = repairs.filter((one) => one.type === "REPAIR").at(-1)?.id ?? null;
          if (latest !== request.latestRepairId || running.length > 0) {
            throw new UpstreamError("The run was repaired meanwhile.", "", "conflict", false, false, 400);
          }
          const repairId = begin(request.rerunTasks);
          effects.push(`repair ${request.runId}: ${request.rerunTasks.join(",")}`);
          return { repairId };
        });
      },
      cancel: async (action, runId) => {
        requireApprovedAction(action);
        await withFault(() => {
          fake.isStopping = true;
          effects.push(`cancel ${runId}`);
        });
      },
      runNow: async (action, { jobId, idempotencyToken }) => {
        requireApprovedAction(action);
        tokens.push(idempotencyToken);
        return withFault(() => {
          if (newRun?.idempotencyToken === idempotencyToken) return { runId: newRun.runId };
          newRun = {
            ...current(),
            startedAt: "2026-03-01T08:00:00Z",
            runId: "5100",
            jobRunId: "5100",
            status: status("RUNNING", null),
            tasks: [],
            repairs: [],
            idempotencyToken,
          };
          effects.push(`run job ${jobId}`);
          return { runId: newRun.runId };
        });
      },
      canWrite: async () => ({ ok: true, detail: "" }),
    },
  };
  return fake;
}
