import { describe, expect, it } from "vitest";
import type { TaskInstance } from "../../../src/core/airflow.js";
import {
  dryRunChange,
  readBackClear,
  readBackSuccess,
  taskChange,
} from "../../../src/core/remediation/compare-live.js";
import { judgeOutcome } from "../../../src/core/remediation/judge-outcome.js";
import type { PlannedTask } from "../../../src/core/remediation/plan.js";

function planned(taskId: string, more: Partial<PlannedTask> = {}): PlannedTask {
  return { taskId, mapIndex: -1, rowId: `row-${taskId}`, state: "failed", tryNumber: 1, maxTries: 0, ...more };
}

function live(taskId: string, state: string, more: Partial<TaskInstance> = {}): TaskInstance {
  return { ...planned(taskId), id: `new-${taskId}`, state, tryNumber: 2, maxTries: 1, ...more } as TaskInstance;
}

const same = (task: PlannedTask): TaskInstance => ({ ...task, id: task.rowId }) as unknown as TaskInstance;

describe("what has changed since the card was shown", () => {
  it.each([
    ["the row id", { id: "other" }, "load has been run or cleared again since"],
    ["the try", { tryNumber: 2 }, "load has been run or cleared again since"],
    ["the most tries", { maxTries: 1 }, "load has been run or cleared again since"],
    ["the state", { state: "running" }, "load is now running, it was failed"],
    ["its absence", { taskId: "mail" }, "load is not in the run any more"],
    ["its place", { mapIndex: 0 }, "load is not in the run any more"],
  ])("is found in %s alone", (_what, change, words) => {
    expect(taskChange([planned("load")], [same(planned("load"))])).toBeNull();
    expect(taskChange([planned("load")], [{ ...same(planned("load")), ...change }])).toBe(words);
  });

  it("is found in any one of the tasks, each named with its map index", () => {
    const shown = [planned("load"), planned("mail", { mapIndex: 0 })];
    expect(taskChange(shown, shown.map(same))).toBeNull();
    const moved = { ...same(planned("mail", { mapIndex: 0 })), state: "success" };
    expect(taskChange(shown, [moved, same(planned("load"))])).toBe("mail[0] is now success, it was failed");
  });

  it("is found in a dry run that names one more or one less", () => {
    const shown = [planned("load"), planned("publish")];
    expect(dryRunChange(shown, [planned("publish"), planned("load")])).toBeNull();
    expect(dryRunChange(shown, [...shown, planned("mail", { mapIndex: 3 })])).toBe("mail[3] would be cleared too");
    expect(dryRunChange(shown, [planned("load")])).toBe("publish would not be cleared any more");
  });
});

describe("a clear whose answer was lost", () => {
  const before = [planned("load"), planned("publish", { state: "upstream_failed", tryNumber: 0 })];
  it("is done when every row is new, not done when every row is the old one, unclear between", () => {
    expect(readBackClear(before, before.map(same))).toEqual({ kind: "not_done" });
    expect(readBackClear(before, [live("load", "queued"), live("publish", "none")])).toEqual({
      kind: "done",
      answer: null,
    });
    expect(readBackClear(before, [live("load", "queued"), ...before.slice(1).map(same)])).toEqual({ kind: "unclear" });
  });

  it("on Airflow 2, without row ids, is done when the failed ones moved, whatever waits behind them", () => {
    const old = before.map((task) => ({ ...task, rowId: null }));
    const behind = same({ ...planned("publish"), state: "upstream_failed", tryNumber: 0, rowId: null });
    expect(readBackClear(old, [live("load", "failed", { id: null }), behind])).toMatchObject({ kind: "done" });
    expect(readBackClear(old, old.map(same))).toEqual({ kind: "not_done" });
    const mail = planned("mail", { rowId: null });
    expect(readBackClear([...old, mail], [live("load", "queued", { id: null }), behind, same(mail)])).toEqual({
      kind: "unclear",
    });
  });
});

describe("marking a task done, whose answer was lost", () => {
  const load = planned("load");
  it("is done when the task is, not done when it is as before, unclear when anything else happened to it", () => {
    expect(readBackSuccess(load, [live("load", "success")])).toEqual({ kind: "done", answer: null });
    expect(readBackSuccess(load, [same(load)])).toEqual({ kind: "not_done" });
    expect(readBackSuccess(load, [live("load", "running")])).toEqual({ kind: "unclear" });
    expect(readBackSuccess(load, [live("mail", "success")])).toEqual({ kind: "unclear" });
  });
});

describe("how it ended", () => {
  const set = [planned("load"), planned("publish", { state: "upstream_failed" })];
  it("is recovered only when every task instance of the set ended well", () => {
    expect(judgeOutcome(set, [live("load", "success"), live("publish", "skipped")])).toMatchObject({
      kind: "recovered",
    });
    expect(judgeOutcome(set, [live("load", "success"), live("publish", "running")])).toMatchObject({
      kind: "running",
      finished: ["load"],
    });
    // The run itself may say success; only the tasks count.
    expect(judgeOutcome(set, [live("load", "success"), live("publish", "failed")])).toMatchObject({
      kind: "failed",
      words: "publish failed again (try 2).",
    });
  });

  it("waits while Airflow still retries and while others run before it blames what waits behind", () => {
    expect(judgeOutcome(set, [live("load", "up_for_retry"), live("publish", "none")])).toMatchObject({
      kind: "running",
    });
    expect(judgeOutcome(set, [live("load", "running"), live("publish", "upstream_failed")])).toMatchObject({
      kind: "running",
    });
    expect(judgeOutcome(set, [live("load", "success"), live("publish", "upstream_failed")])).toMatchObject({
      kind: "failed",
      words: "publish could not run (upstream failed).",
    });
  });

  it("has a task finished only once all of its instances are", () => {
    const shown = [0, 1].map((mapIndex) => planned("build", { mapIndex }));
    const now = (...states: readonly string[]) => states.map((state, mapIndex) => live("build", state, { mapIndex }));
    expect(judgeOutcome(shown, now("success", "running"))).toEqual({ kind: "running", finished: [] });
    expect(judgeOutcome([...shown, planned("load")], [...now("success", "skipped"), live("load", "queued")])).toEqual({
      kind: "running",
      finished: ["build"],
    });
    expect(judgeOutcome([planned("load")], [live("load", "success")])).toEqual({
      kind: "recovered",
      finished: ["load"],
      words: "1 task ended well.",
    });
  });

  it("names the task that failed before those that only wait behind it, or were taken out of the DAG", () => {
    expect(judgeOutcome(set, [live("load", "upstream_failed"), live("publish", "failed")])).toMatchObject({
      words: "publish failed again (try 2).",
    });
    expect(judgeOutcome(set, [live("load", "removed"), live("publish", "success")])).toEqual({
      kind: "failed",
      finished: ["publish"],
      words: "load could not run (removed).",
    });
    expect(judgeOutcome(set, [live("load", "upstream_failed"), live("publish", "upstream_failed")])).toMatchObject({
      words: "load could not run (upstream failed).",
    });
    // Failed for good, whatever else still runs.
    expect(judgeOutcome(set, [live("load", "running"), live("publish", "failed")])).toMatchObject({ kind: "failed" });
  });

  it("is not over right after the clear, when nothing has begun", () => {
    expect(judgeOutcome(set, [live("load", "none"), live("publish", "none")])).toEqual({
      kind: "running",
      finished: [],
    });
  });

  it("follows a mapped task that was expanded only by the rerun, and one that vanished", () => {
    const mapped = [planned("build", { state: "upstream_failed" })];
    const expanded = [0, 1, 2].map((mapIndex) => live("build", "success", { mapIndex }));
    expect(judgeOutcome(mapped, expanded)).toMatchObject({ kind: "recovered", words: "3 tasks ended well." });
    expect(judgeOutcome(mapped, [...expanded, live("build", "failed", { mapIndex: 3 })])).toMatchObject({
      kind: "failed",
      words: "build[3] failed again (try 2).",
    });
    expect(judgeOutcome(mapped, [...expanded, live("build", "running", { mapIndex: 3 })])).toEqual({
      kind: "running",
      finished: [],
    });
    const third = planned("build", { mapIndex: 2 });
    expect(judgeOutcome([third], [])).toEqual({
      kind: "failed",
      finished: [],
      words: "build[2] is not in the run any more.",
    });
    // One of many that vanished is not stood in for by the others.
    expect(judgeOutcome([planned("build", { mapIndex: 0 }), third], expanded.slice(0, 2))).toEqual({
      kind: "failed",
      finished: [],
      words: "build[2] is not in the run any more.",
    });
    expect(judgeOutcome([planned("build", { mapIndex: 0 })], expanded.slice(1))).toMatchObject({ kind: "failed" });
  });
});
