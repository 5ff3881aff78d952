import { describe, expect, it } from "vitest";
import { noGuards } from "../../../src/core/remediation/policy.js";
import type { Situation } from "../../../src/core/remediation/situation.js";
import {
  ana,
  jobTask,
  passing,
  planned,
  pressedBy,
  pressing,
  refused,
  repairEntry,
  situation,
  status,
  stepsOf,
  task,
  vintage,
} from "./vineyard.js";

const runNow = { operator: "DatabricksRunNowOperator", renderedFields: { job_id: 31 } };
const withToken = { operator: "DatabricksRunNowOperator", renderedFields: { job_id: 31, idempotency_token: "autumn" } };
const repairsItself = { operator: "DatabricksRunNowOperator", renderedFields: { job_id: 31, repair_run: true } };
const submit = { operator: "DatabricksSubmitRunOperator", renderedFields: { run_name: "press" } };
const unread = { operator: "DatabricksRunNowOperator", renderedFields: null };
const succeeded = { status: status("TERMINATED", "SUCCESS") };
/** As long as usual, and a little more. */
const going = { status: status("RUNNING"), startedAt: "2026-09-12T01:45:00Z" };
/** Two of its four tasks went well: not most. */
const halfDone = {
  tasks: [
    jobTask("crush", "SUCCESS"),
    jobTask("ferment", "SUCCESS"),
    jobTask("settle", "FAILED"),
    jobTask("blend", "UPSTREAM_FAILED"),
  ],
};

describe("a task that failed in its own code", () => {
  it("is cleared with what waits behind it, exactly as the dry run showed it, in its own run", () => {
    const { plan, steps, facts } = planned(situation());
    const failed = { mapIndex: -1, state: "failed", tryNumber: 2, maxTries: 1 };
    const behind = { ...failed, state: "upstream_failed", tryNumber: 0 };
    expect(steps).toEqual([
      {
        do: "airflow_clear",
        connection: "airflow:cellar",
        dagId: "vintage",
        runId: "r7",
        tasks: [
          { taskId: "press", rowId: "row-press", ...failed },
          { taskId: "bottle", rowId: "row-bottle", ...behind },
          { taskId: "label", rowId: "row-label", ...behind },
        ],
        runOnLatestVersion: null,
      },
    ]);
    expect(plan).toEqual({
      schema: 1,
      incidentId: "inc_7",
      environment: "real",
      requester: { kind: "alert" },
      subject: {
        connection: "airflow:cellar",
        airflow: { dagId: "vintage", runId: "r7", taskId: "press", mapIndex: -1, tryNumber: 2 },
        databricksRunId: null,
      },
      steps,
      policyVersion: "v1",
      afterFix: false,
    });
    expect(facts.why).toBe("Clears only what failed and what waits behind it, in this run.");
    expect(facts.risk).toBeNull();
  });

  it("is cleared on the newest version only after a fix, and only where Airflow can do that", () => {
    const fixed = { requester: ana, afterFix: true };
    const version = (given: Partial<Situation>) =>
      planned(situation(given)).steps.map((step) => "runOnLatestVersion" in step && step.runOnLatestVersion);
    expect(version({ requester: ana })).toEqual([null]);
    expect(version(fixed)).toEqual([true]);
    const old = { ...fixed, airflow: vintage({ canRunLatestVersion: false }) };
    expect(version(old)).toEqual([null]);
    expect(planned(situation(old)).facts.risk).toBe(
      "This Airflow runs a cleared task on its current DAG files; the fix must be deployed there.",
    );
    expect(planned(situation(fixed)).facts.risk).toBeNull();
    expect(planned(situation({ airflow: vintage({ canRunLatestVersion: false }) })).facts.risk).toBeNull();
  });

  it("keeps what its policy was matched by, where that is known", () => {
    const matchedBy = { category: "timeout" as const, tags: ["wine"] };
    expect(planned(situation({ matchedBy })).plan.matchedBy).toEqual(matchedBy);
    expect(planned(situation()).plan).not.toHaveProperty("matchedBy");
  });

  it("is cleared by its failed map indexes alone", () => {
    const instance = (mapIndex: number, state: string) => task("press", { mapIndex, state, id: `row-${mapIndex}` });
    const failed = [instance(4, "failed"), instance(11, "failed")];
    const airflow = vintage({
      tasks: [instance(3, "success"), ...failed],
      roots: failed.slice(0, 1),
      wouldClear: failed,
    });
    const { steps, facts } = planned(situation({ airflow }));
    expect(steps).toMatchObject([{ tasks: [{ mapIndex: 4 }, { mapIndex: 11 }] }]);
    expect(facts.willRun).toEqual(["press[4,11]"]);
    expect(facts.willNotRun).toEqual(["press[3] (succeeded)"]);
  });
});

describe("an operator whose every try starts a new Databricks run", () => {
  it.each([
    ["run-now", runNow],
    ["a submitted run", submit],
  ])("is only cleared where little is saved by a repair: %s", (_what, operator) => {
    const nothingFailed = { tasks: ["a", "b", "c"].map((key) => jobTask(key, "SUCCESS")) };
    for (const run of [
      halfDone,
      nothingFailed,
      { tasks: [] },
      { tasks: [jobTask("crush", "SUCCESS"), jobTask("blend", "FAILED")] },
    ]) {
      const { steps, facts } = planned(situation({ airflow: pressedBy(operator), databricks: pressing(run) }));
      expect(steps.map((step) => step.do)).toEqual(["airflow_clear"]);
      expect(facts.why).toBe("A new try starts a new Databricks run by itself.");
      expect(facts.risk).toBeNull();
    }
  });

  it("has its run repaired and is marked done where most of many tasks went well", () => {
    const given = situation({ airflow: pressedBy(runNow), databricks: pressing() });
    const { plan, steps, facts } = planned(given);
    const waiting = { mapIndex: -1, state: "upstream_failed", tryNumber: 0, maxTries: 1 };
    expect(steps).toEqual([
      {
        do: "databricks_repair",
        connection: "databricks:cellar",
        jobId: "31",
        runId: "880",
        rerunTasks: ["blend"],
        latestRepairId: null,
      },
      {
        do: "airflow_set_success",
        connection: "airflow:cellar",
        dagId: "vintage",
        runId: "r7",
        task: { taskId: "press", mapIndex: -1, rowId: "row-press", state: "failed", tryNumber: 2, maxTries: 1 },
        downstream: [
          { taskId: "bottle", rowId: "row-bottle", ...waiting },
          { taskId: "label", rowId: "row-label", ...waiting },
        ],
      },
    ]);
    expect(plan.subject.databricksRunId).toBe("880");
    expect(facts.why).toBe("A new try would run the whole Databricks job again; the repair runs only its failed part.");
    expect(facts.risk).toBeNull();
    // Both durations stand on the card: the repair with the rest, and the plain clear.
    expect([facts.usualSeconds, facts.alternativeSeconds]).toEqual([90 + 42, 342]);
  });

  it("of a mapped task leaves its other failed instances to be cleared behind it", () => {
    const failed = [1, 2].map((mapIndex) => task("press", { ...runNow, mapIndex, id: `row-${mapIndex}` }));
    const airflow = vintage({ roots: failed.slice(0, 1), wouldClear: failed });
    const { steps } = planned(situation({ airflow, databricks: pressing() }));
    expect(steps[1]).toMatchObject({ task: { mapIndex: 1 }, downstream: [{ mapIndex: 2 }] });
  });

  it("is cleared where the workspace can only be read", () => {
    const databricks = pressing({}, { writable: false });
    expect(stepsOf(situation({ airflow: pressedBy(runNow), databricks }))).toEqual(["airflow_clear"]);
  });

  it("is cleared with the risk said where its last run can't be found", () => {
    const { steps, facts } = planned(situation({ airflow: pressedBy(runNow) }));
    expect(steps.map((step) => step.do)).toEqual(["airflow_clear"]);
    expect(facts.risk).toBe("The last Databricks run can't be found; if it still goes on, a new one runs beside it.");
  });
});

describe("an operator that meets the same failed run again", () => {
  const watching = { operator: "DatabricksSensor", renderedFields: { run_id: 880 } };
  it.each([
    ["by a fixed token", withToken, "The task starts its Databricks run with a fixed idempotency token and would meet"],
    ["by watching it", watching, "The sensor watches that one Databricks run and would meet"],
  ])("has the run repaired first and is cleared then: %s", (_how, operator, because) => {
    const { steps, facts } = planned(situation({ airflow: pressedBy(operator), databricks: pressing(halfDone) }));
    expect(steps).toMatchObject([
      { do: "databricks_repair", runId: "880", rerunTasks: ["settle", "blend"] },
      { do: "airflow_clear", tasks: [{ taskId: "press" }, { taskId: "bottle" }, { taskId: "label" }] },
    ]);
    expect(facts.why).toBe(
      `${because} the same failed run, so the run is repaired first and the task cleared when it has succeeded.`,
    );
    expect(facts.risk).toBeNull();
  });

  it("as a part of a workflow's run has that repaired", () => {
    const launch = task("cellar.launch", { operator: "_CreateDatabricksWorkflowOperator", state: "success" });
    const root = task("cellar.blend", { operator: "DatabricksNotebookOperator" });
    const airflow = vintage({ tasks: [launch, root], roots: [root], wouldClear: [root] });
    const { steps, facts } = planned(situation({ airflow, databricks: pressing() }));
    expect(steps.map((step) => step.do)).toEqual(["databricks_repair", "airflow_clear"]);
    expect(facts.why).toBe(
      "The task watches its part of a Databricks workflow run and would meet the same failed run, so the run is repaired first and the task cleared when it has succeeded.",
    );
  });

  it("names the repair that it follows", () => {
    const repairs = [repairEntry("92", "2026-09-12T01:20:00Z"), repairEntry("91", "2026-09-12T01:10:00Z")];
    const given = situation({ airflow: pressedBy(withToken), databricks: pressing({ repairs }) });
    expect(planned(given).steps[0]).toMatchObject({ latestRepairId: "92" });
  });

  it("can't be helped from here where its run is unknown or names no failed task", () => {
    const sentence = {
      because: "A new try would meet the same failed Databricks run again, and that run can't be found to repair it.",
      fix: "Repair the run in Databricks, then clear the task in Airflow.",
    };
    const airflow = pressedBy(withToken);
    expect(refused(situation({ airflow }))).toEqual(sentence);
    expect(refused(situation({ airflow, databricks: pressing({ tasks: [] }) }))).toEqual(sentence);
  });

  it("can't be helped where the workspace can only be read", () => {
    const databricks = pressing({}, { writable: false });
    expect(refused(situation({ airflow: pressedBy(withToken), databricks }))).toEqual({
      because:
        "The Databricks run must be acted on, and databricks:cellar has no write credentials: it is diagnosed only.",
      fix: "Repair the run in Databricks, or have write credentials configured.",
    });
  });
});

describe("an operator that repairs its run itself", () => {
  it("is waited for while it does", () => {
    expect(refused(situation({ airflow: pressedBy(repairsItself), databricks: pressing(going) }))).toEqual({
      because: "Databricks run 880 is still going on (a retry or a repair); nothing may run beside it.",
      fix: "Wait until it has ended, then ask again.",
    });
  });

  it("and whose run has succeeded is marked done, since it failed with the first error all the same", () => {
    const { steps, facts } = planned(situation({ airflow: pressedBy(repairsItself), databricks: pressing(succeeded) }));
    expect(steps).toMatchObject([
      { do: "airflow_set_success", task: { taskId: "press" }, downstream: [{ taskId: "bottle" }, { taskId: "label" }] },
    ]);
    expect(facts.why).toBe(
      "Databricks run 880 has succeeded although the Airflow task says failed; running it again would repeat finished work.",
    );
    expect(facts.risk).toBeNull();
  });

  it("and gave up is treated like one that starts a new run", () => {
    const airflow = pressedBy(repairsItself);
    expect(stepsOf(situation({ airflow, databricks: pressing() }))).toEqual([
      "databricks_repair",
      "airflow_set_success",
    ]);
    expect(stepsOf(situation({ airflow }))).toEqual(["airflow_clear"]);
    // Airflow started that run itself and has waited for its end.
    expect(planned(situation({ airflow })).facts.risk).toBeNull();
  });
});

describe("work in Databricks that went well", () => {
  it("is carried on from, whatever the diagnosis says", () => {
    const verdict = { ...passing, rerunHelps: "no" } as const;
    for (const operator of [runNow, withToken, unread]) {
      const given = situation({ verdict, airflow: pressedBy(operator), databricks: pressing(succeeded) });
      expect(stepsOf(given)).toEqual(["airflow_set_success"]);
    }
  });

  it("says nothing of a task that has nothing to do with Databricks", () => {
    expect(stepsOf(situation({ databricks: pressing(succeeded) }))).toEqual(["airflow_clear"]);
    expect(stepsOf(situation({ databricks: pressing(going) }))).toEqual(["airflow_clear"]);
  });
});

describe("an operator or token that can't be read", () => {
  it("is only cleared, with its risk said", () => {
    for (const operator of [unread, { operator: null }]) {
      const { steps, facts } = planned(situation({ airflow: pressedBy(operator), databricks: pressing() }));
      expect(steps.map((step) => step.do)).toEqual(["airflow_clear"]);
      expect(facts.why).toBe("Clears only what failed and what waits behind it, in this run.");
      expect(facts.risk).toBe(
        "Whether a new try starts a new Databricks run or meets the old failed one can't be read from Airflow.",
      );
    }
  });
});

describe("a run that is stuck", () => {
  /** It usually takes ten minutes and has been going for an hour. */
  const stuck = { status: status("RUNNING"), tasks: [jobTask("crush", "SUCCESS"), jobTask("blend", "RUNNING")] };
  const mostDone = {
    ...stuck,
    tasks: [...["a", "b", "c"].map((key) => jobTask(key, "SUCCESS")), jobTask("d", "RUNNING")],
  };
  const steps = (operator: object, run: object) =>
    stepsOf(situation({ requester: ana, airflow: pressedBy(operator), databricks: pressing(run) }));

  it("is stopped, and repaired where a new try would meet it again", () => {
    expect(steps(withToken, stuck)).toEqual(["databricks_cancel", "databricks_repair", "airflow_clear"]);
  });

  it("is stopped, and repaired where most of it is done, else left for a new one", () => {
    for (const operator of [runNow, repairsItself]) {
      expect(steps(operator, mostDone)).toEqual(["databricks_cancel", "databricks_repair", "airflow_set_success"]);
      expect(steps(operator, stuck)).toEqual(["databricks_cancel", "airflow_clear"]);
    }
  });

  it("of an operator that can't be read is not touched", () => {
    const given = situation({ requester: ana, airflow: pressedBy(unread), databricks: pressing(stuck) });
    expect(refused(given)).toEqual({
      because: "Databricks run 880 is still going on (a retry or a repair); nothing may run beside it.",
      fix: "Cancel it in Databricks, then ask again.",
    });
  });

  it("of no DAG is stopped and repaired, or started again where nothing in it can be", () => {
    const alone = (run: object) => situation({ requester: ana, airflow: null, databricks: pressing(run) });
    expect(stepsOf(alone(stuck))).toEqual(["databricks_cancel", "databricks_repair"]);
    expect(stepsOf(alone({ ...stuck, tasks: [] }))).toEqual(["databricks_cancel", "databricks_run_now"]);
    expect(refused(alone({ ...stuck, tasks: [], jobId: null })).fix).toBe("Cancel it in Databricks, then ask again.");
  });
});

describe("a Databricks run that no DAG owns", () => {
  const alone = (run: object, more: object = {}) => situation({ airflow: null, databricks: pressing(run, more) });

  it("has its failed tasks repaired", () => {
    const { plan, steps, facts } = planned(alone({ runId: "881" }));
    expect(steps).toEqual([
      {
        do: "databricks_repair",
        connection: "databricks:cellar",
        jobId: "31",
        runId: "880",
        rerunTasks: ["blend"],
        latestRepairId: null,
      },
    ]);
    expect(plan.subject).toEqual({ connection: "databricks:cellar", airflow: null, databricksRunId: "880" });
    expect(facts.why).toBe("A repair runs only the failed tasks of this run.");
    expect(facts.risk).toBeNull();
    expect([facts.usualSeconds, facts.alternativeSeconds]).toEqual([90, 600]);
  });

  it("and names no failed task has its job started again as it was", () => {
    const parameters = { job: { region: "mosel" }, tasks: { jar_params: ["x"] } };
    const again = { do: "databricks_run_now", connection: "databricks:cellar", jobId: "31", insteadOf: "880" };
    const { steps, facts } = planned(alone({ tasks: [], parameters }));
    expect(steps).toEqual([{ ...again, parameters }]);
    expect(facts.why).toBe(
      "The run names no failed task that could be repaired, so the job is started again with the same parameters.",
    );
    expect(facts.risk).toBeNull();
    expect(planned(alone({ tasks: [] })).steps).toEqual([{ ...again, parameters: { job: {}, tasks: {} } }]);
  });

  it("and belongs to no job has nothing that could be started", () => {
    expect(refused(alone({ tasks: [], jobId: null }))).toEqual({
      because:
        "Databricks run 880 names no failed task to repair, and it belongs to no job that could be started again.",
      fix: "Submit it again where it came from.",
    });
    expect(stepsOf(alone({ jobId: null }))).toEqual(["databricks_repair"]);
  });

  it("has nothing to be rerun once it went well", () => {
    expect(refused(alone(succeeded))).toEqual({
      because: "Databricks run 880 has succeeded; there is nothing to rerun.",
      fix: "Nothing needs to be done.",
    });
  });

  it("is waited for while it goes on", () => {
    expect(refused(alone(going)).fix).toBe("Wait until it has ended, then ask again.");
  });

  it("is left to people where the workspace can only be read, or a rerun can't help", () => {
    expect(refused(alone({}, { writable: false })).because).toContain("databricks:cellar has no write credentials");
    const verdict = { ...passing, category: "permission", nextStep: "Grant it." } as const;
    expect(refused({ ...alone({}), verdict })).toEqual({
      because: "A rerun can't help: access is refused.",
      fix: "Grant it.",
    });
  });

  it("and can't be found is looked for", () => {
    expect(refused(situation({ airflow: null }))).toEqual({
      because: "The failed run can't be found any more.",
      fix: "Look for it in Airflow or Databricks.",
    });
  });
});

describe("a run of a DAG that ended badly without a failed task", () => {
  const waiting = task("bottle", { state: "success", tryNumber: 1 });
  const never = task("label", { state: "none", tryNumber: 0 });
  const airflow = vintage({ tasks: [waiting, never], roots: [], wouldClear: [waiting, never] });

  it("runs again as a whole", () => {
    const { plan, steps, facts } = planned(situation({ airflow }));
    expect(steps).toMatchObject([
      { do: "airflow_clear", wholeRun: true, tasks: [{ taskId: "bottle" }, { taskId: "label" }] },
    ]);
    expect(facts.why).toBe("The run ended badly although no task of it failed, so that all of its tasks run again.");
    expect(facts.risk).toBeNull();
    // It is about the first task that did not go well.
    expect(plan.subject.airflow).toMatchObject({ taskId: "label", tryNumber: 0 });
    const fine = vintage({ roots: [], wouldClear: [waiting] });
    expect(planned(situation({ airflow: fine })).plan.subject.airflow).toMatchObject({ taskId: "bottle" });
    expect(planned(situation()).steps[0]).not.toHaveProperty("wholeRun");
  });

  it("does not where a rerun can't help, nor where nothing would be cleared", () => {
    const verdict = { ...passing, category: "configuration", nextStep: "Set it." } as const;
    expect(refused(situation({ airflow, verdict }))).toEqual({
      because: "A rerun can't help: a setting is wrong or missing.",
      fix: "Set it.",
    });
    expect(refused(situation({ airflow: vintage({ wouldClear: [] }) }))).toEqual({
      because: "No task of this run is failed any more; there is nothing to rerun.",
      fix: "Nothing needs to be done.",
    });
  });
});

describe("whatever failed, there is no plan", () => {
  const guards = { ...noGuards, maxReruns: 2, perHours: 6, idempotent: true };

  it("that the policy forbids", () => {
    const refusal = "The policy does not allow reruns of vintage on airflow:cellar.";
    expect(refused(situation({ guards: { ...guards, refusal } }))).toEqual({
      because: refusal,
      fix: "The owner of this installation can change the policy.",
    });
  });

  it("once it was rerun as often as the policy allows", () => {
    expect(stepsOf(situation({ guards, usedReruns: 1 }))).toEqual(["airflow_clear"]);
    for (const usedReruns of [2, 3]) {
      expect(refused(situation({ guards, usedReruns }))).toEqual({
        because: `This run was already rerun ${usedReruns} times within 6 h, as often as the policy allows.`,
        fix: "Look at what fails each time before it runs again.",
      });
    }
  });

  it("where the diagnosis speaks against it, for one failed task as for a Databricks operator", () => {
    const verdict = { ...passing, category: "schema_drift", nextStep: "Ask the orchard." } as const;
    const sentence = {
      because: "A rerun can't help: the data has another shape than the code expects.",
      fix: "Ask the orchard.",
    };
    expect(refused(situation({ verdict }))).toEqual(sentence);
    expect(refused(situation({ verdict, airflow: pressedBy(withToken), databricks: pressing() }))).toEqual(sentence);
    // The plan's own reason comes before the count of reruns.
    expect(refused(situation({ verdict, guards, usedReruns: 9 }))).toEqual(sentence);
  });
});
