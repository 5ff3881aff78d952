import { describe, expect, it } from "vitest";
import {
  endedWell,
  hasEnded,
  hasSucceeded,
  howItEndedWell,
  latestAttempts,
  latestRepairId,
  mostSucceeded,
  repairsOf,
  succeededTasks,
  tasksToRepair,
  unfinishedTasks,
} from "../../../src/core/remediation/databricks-tasks.js";
import { jobRun, jobTask, repairEntry, status } from "./vineyard.js";

const ofTasks = (...tasks: readonly ReturnType<typeof jobTask>[]) => jobRun({ tasks });

describe("a Databricks run", () => {
  it.each(["TERMINATED", "INTERNAL_ERROR", "SKIPPED"])("has ended when it is %s", (lifeCycle) => {
    expect(hasEnded(status(lifeCycle))).toBe(true);
  });

  it.each(["RUNNING", "PENDING", "QUEUED", "BLOCKED", "TERMINATING", "WAITING_FOR_RETRY", "A_NEW_WORD"])(
    "goes on while it is %s",
    (lifeCycle) => {
      expect(hasEnded(status(lifeCycle))).toBe(false);
      expect(hasSucceeded(status(lifeCycle, "SUCCESS"))).toBe(false);
      expect(endedWell(status(lifeCycle, "SUCCESS_WITH_FAILURES"))).toBe(false);
    },
  );

  it("has succeeded with SUCCESS alone, and ended well also with failures that its job tolerates", () => {
    const tolerated = status("TERMINATED", "SUCCESS_WITH_FAILURES");
    expect(hasSucceeded(status("TERMINATED", "SUCCESS"))).toBe(true);
    expect(hasSucceeded(tolerated)).toBe(false);
    expect(endedWell(status("TERMINATED", "SUCCESS"))).toBe(true);
    expect(endedWell(tolerated)).toBe(true);
    expect(endedWell(status("TERMINATED", "FAILED"))).toBe(false);
    expect(howItEndedWell(status("TERMINATED", "SUCCESS"))).toBe("succeeded");
    expect(howItEndedWell(tolerated)).toBe("ended, with failures that the job tolerates");
  });
});

describe("of several attempts of one task", () => {
  const early = "2026-09-12T01:00:00Z";
  const late = "2026-09-12T01:30:00Z";

  it("the one that began last counts, in whatever order they come", () => {
    const failed = jobTask("blend", "FAILED", { startedAt: early, attempt: 3 });
    const repaired = jobTask("blend", "SUCCESS", { startedAt: late, attempt: 0 });
    for (const tasks of [
      [failed, repaired],
      [repaired, failed],
    ]) {
      expect(tasksToRepair(ofTasks(...tasks))).toEqual([]);
      expect(latestAttempts(ofTasks(...tasks))).toEqual([repaired]);
    }
  });

  it("that began at once the higher number counts, and of equals the later in the list", () => {
    const [first, second] = [jobTask("blend", "FAILED", { attempt: 1 }), jobTask("blend", "SUCCESS", { attempt: 2 })];
    expect(tasksToRepair(ofTasks(first, second))).toEqual([]);
    expect(tasksToRepair(ofTasks(second, first))).toEqual([]);
    const twin = { ...second, attempt: 1 };
    expect(latestAttempts(ofTasks(first, twin))).toEqual([twin]);
    expect(latestAttempts(ofTasks(twin, first))).toEqual([first]);
  });

  it("one that never began counts least", () => {
    const never = jobTask("blend", "UPSTREAM_CANCELED", { startedAt: null, attempt: 9 });
    const began = jobTask("blend", "SUCCESS", { startedAt: early });
    expect(latestAttempts(ofTasks(began, never))).toEqual([began]);
    expect(latestAttempts(ofTasks(never, began))).toEqual([began]);
  });
});

describe("a repair", () => {
  it("runs what failed and what never ran because of it, in the order given", () => {
    const run = ofTasks(
      jobTask("crush", "SUCCESS"),
      jobTask("blend", "FAILED"),
      jobTask("age", "UPSTREAM_FAILED"),
      jobTask("taste", "EXCLUDED"),
      jobTask("advertise", "DISABLED"),
      jobTask("photograph", "SUCCESS_WITH_FAILURES"),
      jobTask("rack", "RUNNING"),
      jobTask("cork", "TIMEDOUT"),
      jobTask("lost", "", { status: status("INTERNAL_ERROR") }),
    );
    expect(tasksToRepair(run)).toEqual(["blend", "age", "cork", "lost"]);
    expect(unfinishedTasks(run)).toEqual(["rack"]);
    expect(succeededTasks(run)).toEqual(["crush"]);
  });

  it("leaves out what a condition skipped, and takes what was skipped for another reason", () => {
    const skipped = (result: string | null) => ofTasks(jobTask("gift", "", { status: status("SKIPPED", result) }));
    expect(tasksToRepair(skipped(null))).toEqual([]);
    expect(tasksToRepair(skipped("SKIPPED"))).toEqual([]);
    expect(tasksToRepair(skipped("UPSTREAM_FAILED"))).toEqual(["gift"]);
    expect(tasksToRepair(ofTasks(jobTask("gift", "SKIPPED")))).toEqual(["gift"]);
  });

  it("follows the one that began last; the original run is none", () => {
    const original = repairEntry("880", "2026-09-12T01:50:00Z", { type: "ORIGINAL" });
    const waiting = repairEntry("90", null);
    const first = repairEntry("92", "2026-09-12T01:10:00Z");
    const second = repairEntry("91", "2026-09-12T01:20:00Z");
    const run = jobRun({ repairs: [second, original, waiting, first] });
    expect(repairsOf(run)).toEqual([waiting, first, second]);
    expect(latestRepairId(run)).toBe("91");
    expect(latestRepairId(jobRun({ repairs: [original] }))).toBeNull();
    expect(latestRepairId(jobRun())).toBeNull();
  });
});

describe("most of a job went well", () => {
  const most = (well: number, failed: number, going = 0) =>
    mostSucceeded(
      ofTasks(
        ...Array.from({ length: well }, (_, n) => jobTask(`well-${n}`, "SUCCESS")),
        ...Array.from({ length: failed }, (_, n) => jobTask(`failed-${n}`, "FAILED")),
        ...Array.from({ length: going }, (_, n) => jobTask(`going-${n}`, "RUNNING")),
      ),
    );

  it("when more than half of at least three tasks did", () => {
    expect(most(2, 1)).toBe(true);
    expect(most(3, 2)).toBe(true);
    expect(most(3, 0)).toBe(true);
    expect(most(2, 0)).toBe(false);
    expect(most(1, 0, 1)).toBe(false);
    expect(most(1, 1)).toBe(false);
    expect(most(2, 2)).toBe(false);
    expect(most(1, 2)).toBe(false);
  });

  it("counting what still goes on as not done", () => {
    expect(most(2, 0, 1)).toBe(true);
    expect(most(2, 1, 1)).toBe(false);
    expect(most(2, 0, 2)).toBe(false);
  });
});
