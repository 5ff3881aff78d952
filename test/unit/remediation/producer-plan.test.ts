import { describe, expect, it } from "vitest";
import type { ProducerSituation } from "../../../src/core/remediation/situation.js";
import type { Verdict } from "../../../src/core/verdict.js";
import {
  ana,
  dagRun,
  orchard,
  passing,
  planned,
  pressedBy,
  refused,
  situation,
  stepsOf,
  task,
  vintage,
} from "./vineyard.js";

const missing: Verdict = {
  ...passing,
  category: "missing_upstream_data",
  nextStep: "Clear it when the grapes are there.",
};

/** `press` waits for `orchard`, which stands as given. */
function waiting(producer: Partial<ProducerSituation>, more: object = {}) {
  return situation({ verdict: missing, producer: orchard(producer), ...more });
}

const orchardRun = (state: string, endedAt: string | null = null) =>
  dagRun({ dagId: "orchard", runId: "o7", state, endedAt });
const pressFailedAt = (endedAt: string | null) => ({ airflow: pressedBy({ endedAt }) });

describe("an input that is missing", () => {
  it("is waited for where nobody knows who makes it", () => {
    expect(refused(situation({ verdict: missing }))).toEqual({
      because: "The input is not there yet; a rerun now would fail again.",
      fix: "Clear it when the grapes are there.",
    });
    expect(refused(waiting({}, { producer: null })).because).toContain("not there yet");
  });

  it("that a person says is there makes the task run again; an alert can't say so", () => {
    const said = { requester: ana, afterFix: true };
    expect(stepsOf(waiting({}, said))).toEqual(["airflow_clear"]);
    expect(stepsOf(waiting({}, { afterFix: true }))).toHaveLength(3);
    expect(stepsOf(waiting({}, { requester: ana }))).toHaveLength(3);
  });

  it("is no reason to run the producer when something else is the cause", () => {
    expect(stepsOf(waiting({}, { verdict: passing }))).toEqual(["airflow_clear"]);
  });

  it("holds back a run that ended badly without a failed task, and starts nothing for it", () => {
    const airflow = vintage({ roots: [] });
    expect(refused(waiting({ run: null }, { airflow })).because).toContain("not there yet");
  });

  it.each(["running", "queued"])("is being made by a run that is %s", (state) => {
    expect(refused(waiting({ run: orchardRun(state) }))).toEqual({
      because: "orchard is still at work on the missing input (run o7).",
      fix: "Wait until it has ended, then ask again.",
    });
  });

  it("can't be made by a DAG that is paused or broken", () => {
    for (const run of [null, orchardRun("failed")]) {
      expect(refused(waiting({ run, isPaused: true }))).toEqual({
        because: "orchard makes the missing input and is paused: a run of it would never start.",
        fix: "Whoever paused orchard decides; ask again once it is on.",
      });
      expect(refused(waiting({ run, hasImportErrors: true }))).toEqual({
        because: "orchard makes the missing input and its file does not import.",
        fix: "Repair its file first, then ask again.",
      });
    }
  });
});

describe("a producer that has ended well", () => {
  it("since the task failed makes a clear enough, also when it is paused by now", () => {
    const arrived = waiting(
      { run: orchardRun("success", "2026-09-12T01:40:00Z"), roots: [], isPaused: true },
      pressFailedAt("2026-09-12T01:30:00Z"),
    );
    const { steps, facts } = planned(arrived);
    expect(steps).toMatchObject([{ do: "airflow_clear", dagId: "vintage", tasks: [{ taskId: "press" }, {}, {}] }]);
    expect(facts.why).toBe("orchard, which makes the missing input, has ended well since.");
    expect(facts.risk).toBeNull();
  });

  it.each([
    ["before", "2026-09-12T01:20:00Z", "2026-09-12T01:30:00Z"],
    ["in the same moment, written in another zone", "2026-09-12T03:30:00+02:00", "2026-09-12T01:30:00Z"],
    ["at a time nobody knows", null, "2026-09-12T01:30:00Z"],
    ["while nobody knows when the task failed", "2026-09-12T01:20:00Z", null],
  ])("%s has delivered something else, and that is for people", (_when, endedAt, failedAt) => {
    expect(refused(waiting({ run: orchardRun("success", endedAt), roots: [] }, pressFailedAt(failedAt)))).toEqual({
      because: "orchard makes the missing input and its run o7 had ended well before.",
      fix: "Look with the owner of orchard at what that run delivered.",
    });
  });

  it("between two failed tasks came too late only for the first, so the later one is what counts", () => {
    const early = task("press", { endedAt: "2026-09-12T01:30:00Z" });
    const late = task("weigh", { endedAt: "2026-09-12T01:50:00Z" });
    const run = orchardRun("success", "2026-09-12T01:40:00Z");
    for (const roots of [
      [early, late],
      [late, early],
    ]) {
      const airflow = vintage({ roots, wouldClear: roots });
      expect(refused(waiting({ run, roots: [] }, { airflow })).because).toContain("had ended well before");
    }
  });

  it("as a whole, beside a failed task of its own, is cleared as a failed one is", () => {
    expect(stepsOf(waiting({ run: orchardRun("success") }))).toEqual([
      "airflow_clear",
      "airflow_wait",
      "airflow_clear",
    ]);
  });
});

describe("a producer that never ran", () => {
  const never = { run: null, roots: [], wouldClear: [], verdict: null };

  it("is started for the same date and waited for, then comes the task", () => {
    const { steps, facts } = planned(waiting(never));
    const orchardOf = { connection: "airflow:cellar", dagId: "orchard" };
    expect(steps).toMatchObject([
      { do: "airflow_trigger", ...orchardOf, logicalDate: "2026-09-12T00:00:00Z" },
      { do: "airflow_wait", ...orchardOf, runId: null, tasks: [] },
      { do: "airflow_clear", dagId: "vintage" },
    ]);
    expect(facts.why).toBe(
      "press waits for orchard, which has not run for it: it is run first, and only when that ended well the rest.",
    );
    expect(facts.risk).toBe("press may wait for another date: Airflow does not say which.");
    expect(facts.willRun).toEqual(["all of orchard", "press", "bottle", "label"]);
    expect(facts.usualSeconds).toBe(70 + 342);
  });

  it("is not started by guess where the sensor does not say for which date", () => {
    expect(refused(waiting({ ...never, logicalDate: null }))).toEqual({
      because: "orchard makes the missing input, but for which date can't be read from Airflow.",
      fix: "Start orchard in Airflow for the right date, then ask again.",
    });
  });

  it("and is known by an asset belongs to no date, and none is in doubt", () => {
    const { steps, facts } = planned(waiting({ ...never, via: "asset", logicalDate: null }));
    expect(steps[0]).toMatchObject({ do: "airflow_trigger", logicalDate: null });
    expect(facts.risk).toBeNull();
  });
});

describe("a producer that failed", () => {
  it("has its failed tasks cleared and waited for, then comes the task", () => {
    const { steps, facts } = planned(waiting({}));
    const tasks = [
      { taskId: "gather", mapIndex: -1, rowId: "row-gather", state: "failed", tryNumber: 2, maxTries: 1 },
      { taskId: "deliver", mapIndex: -1, rowId: "row-deliver", state: "upstream_failed", tryNumber: 0, maxTries: 1 },
    ];
    const at = { connection: "airflow:cellar", dagId: "orchard", runId: "o7", tasks };
    expect(steps.slice(0, 2)).toEqual([
      { do: "airflow_clear", ...at, runOnLatestVersion: null },
      { do: "airflow_wait", ...at },
    ]);
    expect(steps[2]).toMatchObject({ do: "airflow_clear", dagId: "vintage" });
    expect(facts.why).toBe(
      "The missing input comes from orchard, which failed: that runs first, and only when it ended well the rest.",
    );
    expect(facts.risk).toBe("press may wait for another date: Airflow does not say which.");
    expect(facts.willRun).toEqual(["orchard: gather", "orchard: deliver", "press", "bottle", "label"]);
    expect(facts.usualSeconds).toBe(60 + 342);
  });

  it("for a cause that nobody knows is run with that risk said", () => {
    const unknown = { verdict: null };
    expect(planned(waiting({ ...unknown, via: "asset" })).facts.risk).toBe(
      "Why gather of orchard failed is not known.",
    );
    expect(planned(waiting(unknown)).facts.risk).toBe(
      "Why gather of orchard failed is not known. press may wait for another date: Airflow does not say which.",
    );
    expect(planned(waiting({ via: "asset" })).facts.risk).toBeNull();
  });

  it("for a cause that no rerun helps comes first", () => {
    const verdict: Verdict = { ...passing, category: "data_quality" };
    expect(refused(waiting({ verdict }))).toEqual({
      because: "orchard makes the missing input and failed itself. A rerun can't help: the data itself is wrong.",
      fix: "What orchard needs comes first; its own thread says what.",
    });
    // Its approver answers for it as for a person's wish.
    expect(stepsOf(waiting({ verdict: { ...passing, rerunHelps: "unsure" } }))).toHaveLength(3);
  });

  it("without a failed task that could be cleared is for its own thread", () => {
    const sentence = {
      because: "orchard makes the missing input and did not end well, without a failed task that could be cleared.",
      fix: "Rerun orchard from its own thread first, then ask again.",
    };
    expect(refused(waiting({ roots: [] }))).toEqual(sentence);
    expect(refused(waiting({ wouldClear: [] }))).toEqual(sentence);
  });

  it.each([
    ["meets the same run again", { renderedFields: { idempotency_token: "autumn" } }],
    ["repairs its run itself", { renderedFields: { repair_run: true } }],
    ["can't be read", { renderedFields: null }],
  ])("in a Databricks task that %s is for its own thread", (_what, more) => {
    const at = { dagId: "orchard", runId: "o7" };
    const sort = task("sort", { ...at, operator: "DatabricksRunNowOperator", ...more });
    expect(refused(waiting({ roots: [task("gather", at), sort] }))).toEqual({
      because: "orchard makes the missing input and failed in Databricks, where a clear alone may not help.",
      fix: "Rerun orchard from its own thread first, then ask again.",
    });
  });

  it("in a Databricks task that starts a new run by itself is cleared like any other", () => {
    const renderedFields = { job_id: 31 };
    const roots = [task("sort", { dagId: "orchard", operator: "DatabricksRunNowOperator", renderedFields })];
    expect(stepsOf(waiting({ roots, wouldClear: roots }))).toEqual(["airflow_clear", "airflow_wait", "airflow_clear"]);
  });
});
