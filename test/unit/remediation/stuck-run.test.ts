import { describe, expect, it } from "vitest";
import type { DatabricksRun } from "../../../src/core/databricks.js";
import type { PlanStep } from "../../../src/core/remediation/plan.js";
import type { DatabricksSituation, Situation } from "../../../src/core/remediation/situation.js";
import { type AfterCancel, activeRunPlan } from "../../../src/core/remediation/stuck-run.js";
import { ana, jobTask, passing, pressing, repairEntry, situation, status } from "./vineyard.js";

const crushed = jobTask("crush", "SUCCESS");
const going = { status: status("RUNNING"), tasks: [crushed, jobTask("blend", "RUNNING")] };
const mostDone = { ...going, tasks: [crushed, jobTask("settle", "SUCCESS"), jobTask("blend", "RUNNING")] };
const nothing: AfterCancel = { repaired: [], else: null };

/** It began at one, and is looked at later. */
function plan(
  run: Partial<DatabricksRun>,
  { after = nothing, at = "02:00:00Z", ...more }: { after?: AfterCancel; at?: string } & Partial<Situation> = {},
  databricks: Partial<DatabricksSituation> = {},
) {
  const given = situation({ requester: ana, dryRunAt: `2026-09-12T${at}`, ...more });
  return activeRunPlan(given, pressing({ ...going, ...run }, databricks), after);
}

describe("a run is stuck", () => {
  const isStuck = (at: string, usualRunSeconds: number | null, run: Partial<DatabricksRun> = {}) =>
    plan(run, { at }, { usualRunSeconds }).ok;

  it("only over three times its usual length", () => {
    expect(isStuck("02:00:00.000Z", 1200)).toBe(false);
    expect(isStuck("02:00:00.001Z", 1200)).toBe(true);
  });

  it("only ten minutes beyond it, however short it usually is", () => {
    expect(isStuck("01:11:00.000Z", 60)).toBe(false);
    expect(isStuck("01:11:00.001Z", 60)).toBe(true);
  });

  it("counting from its last repair", () => {
    const repairs = [repairEntry("91", "2026-09-12T01:50:00Z")];
    expect(isStuck("02:10:00Z", 600, { repairs })).toBe(false);
    expect(isStuck("02:30:00Z", 600, { repairs })).toBe(true);
    // Of a repair that says no beginning nothing but the run's own is known.
    expect(isStuck("02:10:00Z", 600, { repairs: [repairEntry("91", null)] })).toBe(true);
  });

  it("never where its usual length or its beginning is not known, or when it stops already", () => {
    expect(isStuck("23:00:00Z", null)).toBe(false);
    expect(isStuck("23:00:00Z", 600, { startedAt: null })).toBe(false);
    expect(isStuck("23:00:00Z", 600, { status: status("TERMINATING") })).toBe(false);
  });
});

describe("a run that goes on", () => {
  it("is waited for", () => {
    expect(plan({}, { at: "01:20:00Z" })).toEqual({
      ok: false,
      because: "Databricks run 880 is still going on (a retry or a repair); nothing may run beside it.",
      fix: "Wait until it has ended, then ask again.",
    });
  });
});

describe("a run that is stuck", () => {
  const tryAgain: PlanStep = { do: "airflow_trigger", connection: "airflow:cellar", dagId: "a", logicalDate: null };
  const carryOn: PlanStep = { ...tryAgain, dagId: "b" };
  const cancel = {
    do: "databricks_cancel",
    connection: "databricks:cellar",
    runId: "880",
    unfinished: ["blend"],
    latestRepairId: null,
  };
  const repair = {
    do: "databricks_repair",
    connection: "databricks:cellar",
    jobId: "31",
    runId: "880",
    rerunTasks: ["blend"],
    latestRepairId: null,
    afterCancel: true,
  };
  const reasons = {
    why: "Databricks run 880 has been going over three times as long as usual, and nothing may run beside it: it is stopped first.",
    risk: "What its tasks have written so far stays as it is.",
  };
  const stepsOf = (run: Partial<DatabricksRun>, after: AfterCancel) => {
    const chosen = plan(run, { after });
    return chosen.ok ? chosen.steps : chosen;
  };

  it("is stopped only when a person asks", () => {
    expect(plan({}, { requester: { kind: "alert" } })).toEqual({
      ok: false,
      because: "Databricks run 880 is still going on, over three times as long as usual.",
      fix: "Ask for the rerun in the thread to have it cancelled first.",
    });
    expect(plan({})).toEqual({
      ok: true,
      steps: [cancel, repair],
      reasons,
    });
  });

  it("is repaired as it stands, after the repair that was last", () => {
    const repairs = [repairEntry("91", "2026-09-12T01:01:00Z")];
    const tasks = [crushed, jobTask("settle", "FAILED"), jobTask("blend", "RUNNING")];
    expect(stepsOf({ repairs, tasks }, nothing)).toEqual([
      { ...cancel, latestRepairId: "91" },
      { ...repair, rerunTasks: ["settle", "blend"], latestRepairId: "91" },
    ]);
  });

  it("is repaired before what follows where most is done or nothing else is left, else replaced", () => {
    expect(stepsOf({}, { repaired: [tryAgain], else: null })).toEqual([cancel, repair, tryAgain]);
    expect(stepsOf(mostDone, { repaired: [carryOn], else: [tryAgain] })).toEqual([cancel, repair, carryOn]);
    expect(stepsOf({}, { repaired: [carryOn], else: [tryAgain] })).toEqual([cancel, tryAgain]);
    expect(stepsOf({}, { repaired: [], else: [tryAgain] })).toEqual([cancel, repair]);
    expect(stepsOf(mostDone, { repaired: null, else: [tryAgain] })).toEqual([cancel, tryAgain]);
    expect(plan({}, { after: { repaired: [carryOn], else: [tryAgain] } })).toMatchObject({ reasons });
    const bare = { ...cancel, unfinished: [] };
    expect(stepsOf({ tasks: [crushed] }, { repaired: [], else: [tryAgain] })).toEqual([bare, tryAgain]);
  });

  it("is left to people where what follows would be a guess, or nothing in it could be repaired", () => {
    const sentence = {
      ok: false,
      because: "Databricks run 880 is still going on (a retry or a repair); nothing may run beside it.",
      fix: "Cancel it in Databricks, then ask again.",
    };
    expect(stepsOf({}, { repaired: null, else: null })).toEqual(sentence);
    expect(stepsOf({ tasks: [crushed] }, nothing)).toEqual(sentence);
  });

  it("is left alone where a rerun can't help or the workspace can only be read", () => {
    const verdict = { ...passing, category: "permission", nextStep: "Grant it." } as const;
    expect(plan({}, { verdict })).toEqual({
      ok: false,
      because: "A rerun can't help: access is refused.",
      fix: "Grant it.",
    });
    expect(plan({}, {}, { writable: false })).toMatchObject({
      because:
        "The Databricks run must be acted on, and databricks:cellar has no write credentials: it is diagnosed only.",
    });
  });
});
