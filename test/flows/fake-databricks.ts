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
export function createFakeDatabricks(results: Readonly<Record<string, string>>): FakeDatabricks {
  const effects: string[] = [];
  const faults: Fault[] = [];
  const deaths: { kill: () => void } = { kill: () => undefined };
  let serial = 0;
  let tolerates = false;
  let running: readonly string[] = [];
  let tasks: DatabricksTaskRun[] = Object.entries(results).map(([taskKey, result]) => taskRun(taskKey, result));
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
    const failed = tasks.some(
      (task) => tasks.filter((o) => o.taskKey === task.taskKey).at(-1)?.status.result === "FAILED",
    );
    return {
      runId: "5001",
      jobId: "77",
      runName: "invoices job",
      jobRunId: "5001",
      status:
        running.length > 0
          ? status("RUNNING", null)
          : status("TERMINATED", failed ? "FAILED" : tolerates ? "SUCCESS_WITH_FAILURES" : "SUCCESS"),
      startedAt: "2026-03-01T07:51:00Z",
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
    const id = `9${repairs.length}`.padEnd(repairs.length + 1, "0");
    running = keys;
    tasks = [...tasks, ...keys.map((taskKey) => taskRun(taskKey, null))];
    repairs = [...repairs, entry("REPAIR", id, status("RUNNING", null))];
    return id;
  }

  const fake: FakeDatabricks = {
    lag: 0,
    sibling: false,
    effects,
    faults,
    deaths,
    run: current,
    finish(result) {
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
      async *runs() {
        yield current();
        if (fake.sibling) yield { ...current(), runId: "5002", jobRunId: "5002" };
      },
      clusterEvents: async () => [],
      runUrl: () => "",
    },
    writer: {
      connection: "databricks:test",
      repair: async (action, request) => {
        requireApprovedAction(action);
        const fault = faults.shift() ?? null;
        if (fault === "lost_before") throw ambiguous();
        if (fault === "killed_before") {
          deaths.kill();
          throw new Killed();
        }
        const latest = repairs.filter((one) => one.type === "REPAIR").at(-1)?.id ?? null;
        if (latest !== request.latestRepairId || running.length > 0) {
          throw new UpstreamError("The run was repaired meanwhile.", "", "conflict", false, false, 400);
        }
        const repairId = begin(request.rerunTasks);
        effects.push(`repair ${request.runId}: ${request.rerunTasks.join(",")}`);
        if (fault === "lost_after") throw ambiguous();
        if (fault === "killed_after") {
          deaths.kill();
          throw new Killed();
        }
        return { repairId };
      },
      cancel: async () => undefined,
      canWrite: async () => ({ ok: true, detail: "" }),
    },
  };
  return fake;
}
