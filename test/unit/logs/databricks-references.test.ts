import { describe, expect, it } from "vitest";
import type { XComEntry } from "../../../src/core/airflow.js";
import { emptyCase, type FailureCase } from "../../../src/core/case.js";
import type { LogReading } from "../../../src/core/rca/reading.js";
import { findRunReferences } from "../../../src/logs/databricks-references.js";
import { jobRunCandidates } from "../../../src/logs/job-run-candidates.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: [] });
const host = "https://dbc-1a2b3c4d-5e6f.cloud.databricks.com";

function read(text: string, tryNumber = 1): Promise<LogReading> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text, "utf8");
  }
  return readLog({ name: "try.log", tryNumber, format: "unknown", bytes: bytes() }, redactor);
}

const xcom = (entries: Readonly<Record<string, unknown>>, taskId = "load"): readonly XComEntry[] =>
  Object.entries(entries).map(([key, value]) => ({ key, value, taskId }));

async function candidates(text: string, facts: Partial<FailureCase> = {}): Promise<readonly string[]> {
  const found = jobRunCandidates([await read(text)], { ...emptyCase, ...facts });
  return found.map((one) => `${one.isTaskRun ? "task" : "job"} ${one.runId}`);
}

describe("each way of naming a run", () => {
  it.each([
    ["Run submitted with run_id: 81001", "job_run 81001"],
    ["run-id 81001 in run state {'life_cycle_state': 'RUNNING'}. sleeping for 30 seconds", "job_run 81001"],
    ["databricks task main not yet conclusive in run 81001. sleeping", "job_run 81001"],
    ["Cancelling Databricks run 81001.", "job_run 81001"],
    ["Task: load with run_id: 81001 was requested to be cancelled.", "job_run 81001"],
    ["Run: 81001 of job_id: 9 was requested to be cancelled.", "job_run 81001"],
    [`Check the job run in Databricks: ${host}/?o=42#job/7/run/81001`, "job_run 81001"],
    [`Check the task run in Databricks: ${host}/?o=42#job/run/55002`, "task_run 55002"],
    [`Check the progress of the Databricks job at ${host}/jobs/7/runs/81001?o=42`, "job_run 81001"],
    [`View run status, Spark UI, and logs at ${host}/?o=42#job/run/81001`, "job_run 81001"],
    [`Run URL: ${host}/jobs/7/runs/81001?o=42`, "job_run 81001"],
    [`see ${host}/jobs/7/runs/81001?o=42.`, "either 81001"],
    ["TriggerEvent<{'run_id': 81001, 'run_page_url': 'x', 'errors': []}>", "job_run 81001"],
    ["Job submitted successfully with run_id=81001", "job_run 81001"],
    ["Workflow triggered with run_id=81001", "job_run 81001"],
    ["Errors: [{'task_key': 'it\\'s', 'run_id': 55002, 'error': 'x'}]", "task_run 55002"],
    ["errors [{'error': \"it's gone\", 'run_id': 55002, 'task_key': 'main'}]", "task_run 55002"],
    ['databricks jobs run-now: {"run_id": 9007199254740993, "number_in_job": 1}', "job_run 9007199254740993"],
    ["GET https://x.cloud.databricks.com/api/2.1/jobs/runs/get?run_id=81001", "either 81001"],
    ["GET https://x.cloud.databricks.com/api/2.1/jobs/runs/get-output?run_id=55002", "task_run 55002"],
  ])("%s", async (line, expected) => {
    const found = findRunReferences(await read(line));
    expect([...new Set(found.map((one) => `${one.kind} ${one.runId}`))]).toContain(expected);
    expect(new Set(found.map((one) => one.runId)).size).toBe(1);
  });

  it("dbt names the job run and its task run in one line", async () => {
    const found = findRunReferences(await read("Python model failed (run_id: 81001, task_id: 55002)"));
    expect(found.map((one) => `${one.kind} ${one.runId}`)).toEqual(["job_run 81001", "task_run 55002"]);
  });
});

describe("numbers that only look like runs", () => {
  it.each([
    "Marking task as FAILED. dag_id=a, run_id=20260301, execution_date=20260301T020000",
    "run_id=scheduled__2026-03-01T00:00:00+00:00 databricks",
    `job_id=618203944 cluster 0812-123456-abc rows 482915530127764 at ${host}/?o=7405612398712345`,
    "Running command: ['bash', '-c', 'databricks runs get --run-id 81001 https://x/jobs/7/runs/81001']",
    "SQL Statement submitted with statement_id: 01ef-44aa-run_id",
    '{"run_id": "manual__2026-03-01", "dag_id": "databricks_orders"}',
    '{"run_id": 81001, "status": "ok"}',
    "TaskInstance Finished: dag_id=a, task_id=b, run_id=manual__1, job_id=4711, pid=123456",
  ])("%s", async (line) => {
    expect(findRunReferences(await read(line))).toEqual([]);
  });
});

describe("the runs a failure is about", () => {
  it("are the log's job runs, without the task runs of its error list", async () => {
    const log =
      "Run submitted with run_id: 81001\nload failed with terminal state: {} and with the errors [{'task_key': 'a', 'run_id': 55002, 'error': 'x'}]";
    expect(await candidates(log)).toEqual(["job 81001"]);
  });

  it("come from XCom where the log names none, but never from the string None", async () => {
    expect(
      await candidates("nothing", { xcom: xcom({ run_id: "81001", run_page_url: `${host}/#job/7/run/81001` }) }),
    ).toEqual(["job 81001"]);
    expect(
      await candidates("nothing", {
        xcom: xcom({ run_id: "None", _link_DatabricksJobRunLink: "None", return_value: "None" }),
      }),
    ).toEqual([]);
    expect(await candidates("nothing", { xcom: xcom({ return_value: 4711 }) })).toEqual([]);
  });

  it("take the link from XCom when the log has the number alone", async () => {
    const url = `${host}/?o=42#job/7/run/81001`;
    const [found] = jobRunCandidates([await read("Run submitted with run_id: 81001", 2)], {
      ...emptyCase,
      xcom: xcom({ run_page_url: url }),
    });
    expect(found).toEqual({ runId: "81001", url, isTaskRun: false, tryNumber: 2 });
  });

  it("are only task runs where nothing else is known", async () => {
    expect(await candidates(`Check the task run in Databricks: ${host}/?o=42#job/7/run/55002`)).toEqual(["task 55002"]);
  });

  it("of a workflow group's task is the one its launch task started", async () => {
    const launched = xcom(
      { return_value: { conn_id: "databricks_default", job_id: 7, run_id: 81001 } },
      "group.launch",
    );
    expect(await candidates("Current state of the databricks task main is RUNNING", { otherXcom: launched })).toEqual([
      "job 81001",
    ]);
    expect(await candidates("counting rows", { otherXcom: launched })).toEqual([]);
  });

  it("of a checking task is the one whose number it prints", async () => {
    const others = [...xcom({ run_id: 81001 }, "load"), ...xcom({ run_id: 82002 }, "other")];
    expect(await candidates("quality of 82002 is bad", { otherXcom: others })).toEqual(["job 82002"]);
  });

  it("begin with the failed try's, then those of earlier tries, latest first", async () => {
    const tries = [
      await read("Run submitted with run_id: 3", 3),
      await read("Run submitted with run_id: 1", 1),
      await read("Run submitted with run_id: 2", 2),
    ];
    expect(jobRunCandidates(tries, emptyCase).map((one) => [one.runId, one.tryNumber])).toEqual([
      ["3", 3],
      ["2", 2],
      ["1", 1],
    ]);
  });

  it("do not begin with the run of the try before, which Airflow 3 names in the log of the retry", async () => {
    const log = [
      '{"timestamp":null,"event":"Prior job in terminal state, resubmitting fresh","level":"info","logger":"task","external_id_key":"databricks_run_id","external_id":591755479233081}',
      '{"timestamp":null,"event":"Run submitted with run_id: 826306212984787","level":"info","logger":"task"}',
    ].join("\n");
    const found = jobRunCandidates([await read(log, 2)], emptyCase);
    expect(found.map((one) => [one.runId, one.tryNumber])).toEqual([
      ["826306212984787", 2],
      ["591755479233081", 1],
    ]);
  });

  it("leave XCom out when a later try has written it", async () => {
    const facts = { xcom: xcom({ run_id: 99 }), task: { tryNumber: 3 } as FailureCase["task"] };
    expect(await candidates("nothing", facts)).toEqual([]);
  });
});
