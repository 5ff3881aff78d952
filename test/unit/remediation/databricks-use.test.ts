import { describe, expect, it } from "vitest";
import type { TaskInstance, TaskSpec } from "../../../src/core/airflow.js";
import {
  databricksUse,
  launchTaskOf,
  mayUseDatabricks,
  operatorOf,
  settingOf,
} from "../../../src/core/remediation/databricks-use.js";
import { spec, task } from "./vineyard.js";

type Fields = TaskInstance["renderedFields"];

const use = (operator: string | null, renderedFields: Fields = { job_id: 31 }, more: Partial<TaskInstance> = {}) =>
  databricksUse(task("press", { operator, renderedFields, ...more }), [], []);
const withToken = (token: unknown, tryNumber = 2) =>
  use("DatabricksRunNowOperator", { idempotency_token: token }, { tryNumber });

describe("a new try of a Databricks operator", () => {
  it.each([
    "DatabricksRunNowOperator",
    "DatabricksRunNowDeferrableOperator",
    "DatabricksSubmitRunOperator",
    "DatabricksSubmitRunDeferrableOperator",
    "DatabricksNotebookOperator",
    "DatabricksTaskOperator",
  ])("starts a new run: %s", (operator) => {
    expect(use(operator)).toEqual({ kind: "new_run" });
  });

  it.each([
    ["of another kind", "DatabricksCopyIntoOperator", { job_id: 31 }],
    ["whose name only ends like one", "MyDatabricksRunNowOperator", { job_id: 31 }],
    ["whose name only begins like one", "DatabricksRunNowOperatorPlus", { job_id: 31 }],
    ["named nearly like a notebook's", "OurDatabricksNotebookOperator", { job_id: 31 }],
    ["named nearly like a task's", "DatabricksTaskOperatorX", { job_id: 31 }],
    ["without rendered fields", "DatabricksRunNowOperator", null],
    ["with empty rendered fields", "DatabricksRunNowOperator", {}],
    ["with a token that is no text", "DatabricksRunNowOperator", { idempotency_token: 7 }],
  ])("can't be foretold: one %s", (_which, operator, fields: Fields) => {
    expect(use(operator, fields)).toEqual({ kind: "unknown" });
  });

  it("repairs its run itself where it is told to, in whatever way that is rendered", () => {
    for (const yes of [true, "True", "true"]) {
      expect(use("DatabricksRunNowOperator", { repair_run: yes })).toEqual({ kind: "repairs_itself" });
      expect(use("DatabricksRunNowOperator", { json: { repair_run: yes } })).toEqual({ kind: "repairs_itself" });
    }
    for (const no of [false, "False", "", null]) {
      expect(use("DatabricksRunNowOperator", { repair_run: no })).toEqual({ kind: "new_run" });
    }
  });

  it("meets the same run by a token that stays the same, and starts a new one without", () => {
    expect(withToken("autumn")).toEqual({ kind: "same_run", because: "token" });
    expect(withToken("")).toEqual({ kind: "new_run" });
    expect(withToken(null)).toEqual({ kind: "new_run" });
  });

  it("can't be foretold by a token that ends in the number of the try", () => {
    expect(withToken("autumn-2")).toEqual({ kind: "unknown" });
    expect(withToken("2")).toEqual({ kind: "unknown" });
    expect(withToken("autumn-11", 11)).toEqual({ kind: "unknown" });
    expect(withToken("autumn/2")).toEqual({ kind: "unknown" });
    expect(withToken("autumn:2")).toEqual({ kind: "unknown" });
    // The number may be part of a longer one, such as a date.
    expect(withToken("2026-09-02")).toEqual({ kind: "same_run", because: "token" });
    expect(withToken("2026-09-12")).toEqual({ kind: "same_run", because: "token" });
    expect(withToken("autumn-92")).toEqual({ kind: "same_run", because: "token" });
    expect(withToken("autumn-1")).toEqual({ kind: "same_run", because: "token" });
  });
});

describe("a sensor", () => {
  it("meets the same run where it watches one, and else has nothing to repair", () => {
    expect(use("DatabricksSensor", { run_id: 880 })).toEqual({ kind: "same_run", because: "run_sensor" });
    expect(use("DatabricksSensor", { json: { run_id: 880 } })).toEqual({ kind: "same_run", because: "run_sensor" });
    expect(use("DatabricksPartitionSensor", { table: "grapes" })).toEqual({ kind: "none" });
    expect(use("DatabricksSensor", null)).toEqual({ kind: "none" });
  });
});

describe("a part of a Databricks workflow", () => {
  const launch = (taskId: string) => task(taskId, { operator: "_CreateDatabricksWorkflowOperator" });
  const inGroup = { kind: "same_run", because: "workflow_group" };
  const notebook = (taskId: string) => task(taskId, { operator: "DatabricksNotebookOperator" });
  const useOf = (taskId: string, siblings: readonly TaskInstance[], specs: readonly TaskSpec[] = []) =>
    databricksUse(notebook(taskId), specs, siblings);

  it("is known by the task that launches it, in its own group or in one around", () => {
    expect(useOf("cellar.blend", [launch("cellar.launch")])).toEqual(inGroup);
    expect(useOf("cellar.red.blend", [launch("cellar.launch")])).toEqual(inGroup);
    expect(useOf("wine.cellar.blend", [launch("wine.cellar.launch")])).toEqual(inGroup);
    expect(launchTaskOf("wine.cellar.blend", [], [launch("wine.cellar.launch")])).toBe("wine.cellar.launch");
    const specs = [spec("cellar.launch", [], { operator: "_CreateDatabricksWorkflowOperator" })];
    expect(useOf("cellar.blend", [], specs)).toEqual(inGroup);
  });

  it("is none beside it, in another group, or behind a task that is only named so", () => {
    const alone = { kind: "new_run" };
    expect(useOf("blend", [launch("cellar.launch")])).toEqual(alone);
    expect(useOf("barn.blend", [launch("cellar.launch")])).toEqual(alone);
    expect(useOf("cellar.blend", [task("cellar.launch", { operator: "BashOperator" })])).toEqual(alone);
    expect(useOf("cellar.blend", [task("cellar.launch", { operator: null })])).toEqual(alone);
    expect(useOf(".blend", [launch(".launch")])).toEqual(alone);
    expect(useOf("cellars.blend", [launch("cellar.launch")])).toEqual(alone);
    expect(useOf("cellar", [launch("cellar.launch")])).toEqual(alone);
  });

  it("is not what launches it", () => {
    const self = launch("cellar.launch");
    expect(launchTaskOf("cellar.launch", [], [self])).toBeNull();
    expect(launchTaskOf("wine.cellar.launch", [], [launch("wine.launch"), self])).toBeNull();
  });
});

describe("which operator a task is", () => {
  it("says the task itself, else the DAG's list of tasks", () => {
    const listed = [
      spec("weigh", [], { operator: "A" }),
      spec("press", [], { operator: "DatabricksNotebookOperator" }),
    ];
    const bare = task("press", { operator: null });
    expect(operatorOf(bare, listed)).toBe("DatabricksNotebookOperator");
    expect(operatorOf(task("press"), listed)).toBe("PythonOperator");
    expect(operatorOf(task("sort", { operator: null }), listed)).toBeNull();
    expect(databricksUse(bare, listed, [])).toEqual({ kind: "new_run" });
    expect(databricksUse(bare, [], [])).toEqual({ kind: "unknown" });
  });

  it("is one of Databricks by its name or by where its class comes from", () => {
    const module = "airflow.providers.databricks.operators.databricks";
    const listed = [spec("weigh", []), spec("press", [], { classModule: module })];
    const own = task("press", { operator: "OurPressOperator" });
    expect(databricksUse(own, listed, [])).toEqual({ kind: "unknown" });
    expect(databricksUse(own, [], [])).toEqual({ kind: "none" });
    expect(databricksUse(task("weigh", { operator: "OurPressOperator" }), listed, [])).toEqual({ kind: "none" });
    expect(mayUseDatabricks(own, listed)).toBe(true);
    expect(mayUseDatabricks(own, [])).toBe(false);
    expect(mayUseDatabricks(task("press", { operator: null }), [])).toBe(true);
    expect(mayUseDatabricks(task("press", { operator: "DatabricksSqlOperator" }), [])).toBe(true);
  });
});

describe("a setting", () => {
  it("is the operator's own before that of the request it renders", () => {
    expect(settingOf({ run_id: 1, json: { run_id: 2 } }, "run_id")).toBe(1);
    expect(settingOf({ json: { run_id: 2 } }, "run_id")).toBe(2);
    expect(settingOf({ json: { job_id: 2 } }, "run_id")).toBeUndefined();
    for (const json of [null, undefined, "run_id", 7]) expect(settingOf({ json }, "run_id")).toBeUndefined();
  });
});
