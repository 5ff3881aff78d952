import { describe, expect, it } from "vitest";
import type { DatabricksRun } from "../../../src/core/databricks.js";
import { sharedRunId } from "../../../src/core/remediation/many-roots.js";
import type { AirflowSituation, Situation } from "../../../src/core/remediation/situation.js";
import { ana, jobRun, passing, planned, pressing, refused, situation, status, task, vintage } from "./vineyard.js";

const kinds = {
  plain: {},
  new_run: { operator: "DatabricksRunNowOperator", renderedFields: { job_id: 31 } },
  same_run: { operator: "DatabricksRunNowOperator", renderedFields: { idempotency_token: "autumn" } },
  repairs_itself: { operator: "DatabricksRunNowOperator", renderedFields: { repair_run: true } },
  unknown: { operator: "DatabricksRunNowOperator", renderedFields: null },
} as const;

type Failed = readonly [taskId: string, kind: keyof typeof kinds, run?: Partial<DatabricksRun>];

/** Tasks that failed side by side, each with the Databricks run that was found for it. */
function sideBySide(...failed: readonly Failed[]): AirflowSituation {
  const roots = failed.map(([taskId, kind]) => task(taskId, kinds[kind]));
  const rootRuns = failed.flatMap(([taskId, , run]) =>
    run === undefined ? [] : [{ taskId, mapIndex: -1, run: jobRun(run) }],
  );
  return vintage({ tasks: roots, roots, rootRuns, wouldClear: roots });
}

function failed(...tasks: readonly Failed[]): Situation {
  return situation({ airflow: sideBySide(...tasks) });
}

const going = { status: status("RUNNING"), runId: "880" };
const succeeded = { status: status("TERMINATED", "SUCCESS") };
const other = { runId: "990", jobRunId: "990" };
const does = (given: Situation) => planned(given).steps.map((step) => step.do);

describe("several failed tasks of one run", () => {
  it("are cleared together where nothing of them is done in Databricks", () => {
    const { steps, facts } = planned(failed(["press", "plain"], ["weigh", "plain"]));
    expect(steps).toMatchObject([{ do: "airflow_clear", tasks: [{ taskId: "press" }, { taskId: "weigh" }] }]);
    expect(facts.why).toBe("Clears only what failed and what waits behind it, in this run.");
    expect(facts.risk).toBeNull();
    // Whatever is known of a run by that name, a plain task has nothing to do with it.
    expect(does(failed(["press", "plain", going], ["weigh", "plain", succeeded]))).toEqual(["airflow_clear"]);
  });

  it.each(["new_run", "same_run", "repairs_itself", "unknown"] as const)(
    "wait while the Databricks run of one of them goes on: %s",
    (kind) => {
      expect(refused(failed(["press", "plain"], ["weigh", kind, going]))).toEqual({
        because: "Databricks run 880 of weigh is still going on (a retry or a repair); nothing may run beside it.",
        fix: "Wait until it has ended, then ask again.",
      });
    },
  );

  it.each(["new_run", "repairs_itself"] as const)("do not repeat work that has succeeded: %s", (kind) => {
    expect(refused(failed(["press", "plain"], ["weigh", kind, succeeded], ["sort", kind, succeeded]))).toEqual({
      because:
        "The Databricks work of weigh, sort has succeeded although Airflow says failed; clearing it with the other failed tasks would repeat it.",
      fix: "Mark weigh, sort done in Airflow, then ask again for the rest.",
    });
    expect(does(failed(["press", "plain"], ["weigh", kind, {}]))).toEqual(["airflow_clear"]);
  });

  it("are cleared where a new try would meet a run that has succeeded by now", () => {
    expect(does(failed(["press", "plain"], ["weigh", "same_run", succeeded]))).toEqual(["airflow_clear"]);
  });

  it("have the risk of each said by name", () => {
    const lost = "can't be found; if it still goes on, a new one runs beside it.";
    const risk = (...tasks: readonly Failed[]) => planned(failed(...tasks)).facts.risk;
    expect(risk(["press", "new_run"], ["weigh", "new_run", {}])).toBe(`The last Databricks run of press ${lost}`);
    expect(risk(["press", "unknown"], ["weigh", "unknown", {}])).toBe(
      "Whether a new try of press, weigh starts a new Databricks run can't be read from Airflow.",
    );
    expect(risk(["press", "new_run"], ["weigh", "unknown"])).toBe(
      `The last Databricks run of press ${lost} Whether a new try of weigh starts a new Databricks run can't be read from Airflow.`,
    );
    expect(risk(["press", "repairs_itself"], ["weigh", "plain"])).toBeNull();
  });

  it("are told apart by their map index when their runs are looked for", () => {
    const roots = [0, 1].map((mapIndex) => task("press", { ...kinds.new_run, mapIndex }));
    const rootRuns = [{ taskId: "press", mapIndex: 1, run: jobRun(going) }];
    const of = (more: Partial<AirflowSituation>) => situation({ airflow: vintage({ roots, rootRuns, ...more }) });
    expect(refused(of({})).because).toContain("run 880 of press[1] is still");
    const lost = vintage({ roots: roots.slice(0, 1).concat(task("weigh")), rootRuns });
    expect(planned(situation({ airflow: lost })).facts.risk).toContain("The last Databricks run of press[0] can't");
    const elsewhere = [{ taskId: "sort", mapIndex: 1, run: jobRun(going) }];
    expect(planned(of({ rootRuns: elsewhere })).facts.risk).toContain("run of press[0,1] can't be found");
  });
});

describe("several failed tasks that meet one failed Databricks run again", () => {
  const both: readonly Failed[] = [
    ["press", "same_run", {}],
    ["weigh", "same_run", {}],
  ];

  it("are cleared once that run is repaired for all of them", () => {
    const { steps, facts } = planned({ ...failed(...both), databricks: pressing() });
    expect(steps).toMatchObject([
      { do: "databricks_repair", runId: "880", rerunTasks: ["blend"] },
      { do: "airflow_clear", tasks: [{ taskId: "press" }, { taskId: "weigh" }] },
    ]);
    expect(facts.why).toBe(
      "The failed tasks would meet the same failed Databricks run, so the run is repaired first and they are cleared when it has succeeded.",
    );
    expect(facts.risk).toBeNull();
    expect(sharedRunId(sideBySide(...both))).toBe("880");
    expect(sharedRunId(sideBySide(["press", "plain"], ["weigh", "plain"]))).toBeNull();
  });

  it("have the risk of the others said beside it", () => {
    const given = { ...failed(...both, ["sort", "unknown"]), databricks: pressing() };
    expect(planned(given).facts.risk).toBe(
      "Whether a new try of sort starts a new Databricks run can't be read from Airflow.",
    );
  });

  it("can't be helped from here where that run is not the one at hand or names no failed task", () => {
    const sentence = {
      because: "A new try would meet the failed Databricks run 880 again, and it names no failed task to repair.",
      fix: "Look at the run in Databricks, repair it there, then clear the tasks in Airflow.",
    };
    for (const databricks of [null, pressing(other), pressing({ tasks: [] })]) {
      expect(refused({ ...failed(...both), databricks })).toEqual(sentence);
    }
  });

  it("can't be helped where the workspace can only be read", () => {
    const databricks = pressing({}, { writable: false });
    expect(refused({ ...failed(...both), databricks }).because).toBe(
      "The Databricks run must be acted on, and databricks:cellar has no write credentials: it is diagnosed only.",
    );
  });

  it("can't be helped where the diagnosis speaks against it, unless a person says that it is fixed", () => {
    const verdict = { ...passing, category: "transformation_error", nextStep: "Correct it." } as const;
    const given = { ...failed(...both), databricks: pressing(), verdict };
    expect(refused(given)).toEqual({
      because: "A rerun can't help: the code fails on this data every time.",
      fix: "Correct it.",
    });
    expect(does({ ...given, requester: ana, afterFix: true })).toEqual(["databricks_repair", "airflow_clear"]);
  });
});

describe("several failed tasks that meet different failed runs again", () => {
  it("are left to a person, who is told which runs to repair", () => {
    expect(refused(failed(["press", "same_run", {}], ["weigh", "same_run", other]))).toEqual({
      because:
        "A new try of press, weigh would meet the same failed Databricks runs again, and there is not one run that could be repaired for all of them.",
      fix: "Repair Databricks runs 880, 990 in Databricks, then clear the tasks in Airflow.",
    });
    expect(refused(failed(["press", "same_run", {}], ["weigh", "same_run"])).fix).toBe(
      "Repair Databricks runs 880 in Databricks, then clear the tasks in Airflow.",
    );
    expect(refused(failed(["press", "same_run"], ["weigh", "plain"])).fix).toBe(
      "Repair their Databricks runs in Databricks, then clear the tasks in Airflow.",
    );
    expect(sharedRunId(sideBySide(["press", "same_run"], ["weigh", "plain"]))).toBeNull();
  });
});
