import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bashFailed, failedLog, info } from "../rca/reading-of.js";
import { diagnoseCli, firstObject, folderWith } from "./run-cli.js";

const log = failedLog([info("psql: error: FATAL:  sorry, too many clients already")], bashFailed);
const failedRun = {
  run_id: 70,
  job_id: 9,
  run_page_url: "https://acme.cloud.databricks.com/?o=1#job/9/run/70",
  state: {
    life_cycle_state: "INTERNAL_ERROR",
    result_state: "FAILED",
    state_message: "Workload failed, see run output",
  },
  tasks: [
    {
      run_id: 71,
      task_key: "load",
      notebook_task: { notebook_path: "/fees" },
      state: {
        life_cycle_state: "TERMINATED",
        result_state: "FAILED",
        state_message: "Workload failed, see run output",
      },
    },
  ],
};
const failedOutput = {
  metadata: { run_id: 71 },
  error: "NameError: name 'FEES_TABLE' is not defined",
  error_trace: "",
};

describe("diagnose --json", () => {
  it("prints exactly the contract's object for a log", async () => {
    const folder = await folderWith({ "task.log": log });
    const answer = await diagnoseCli({ log: join(folder, "task.log"), json: true });
    expect(answer).toMatchObject({ code: 0, err: "" });
    const object = firstObject(answer);
    expect(Object.keys(object)).toEqual([
      "schemaVersion",
      "outcome",
      "category",
      "signature",
      "confidence",
      "summary",
      "rerunHelps",
      "nextStep",
      "evidence",
      "databricksRuns",
      "redactions",
      "elapsedMs",
    ]);
    expect(object).toMatchObject({
      schemaVersion: 1,
      outcome: "diagnosed",
      category: "quota_or_rate_limit",
      databricksRuns: [],
    });
    expect(object["evidence"]).toContainEqual({
      id: "E1",
      source: "log",
      line: 2,
      text: info("psql: error: FATAL:  sorry, too many clients already"),
    });
  });

  it("joins a run with its output and names the body a quote stands in", async () => {
    const folder = await folderWith({ "run.json": failedRun, "out.json": failedOutput });
    const answer = await diagnoseCli({
      run: join(folder, "run.json"),
      runOutput: join(folder, "out.json"),
      json: true,
    });
    const object = firstObject(answer);
    expect(object).toMatchObject({
      category: "transformation_error",
      databricksRuns: [{ runId: "70", url: "https://acme.cloud.databricks.com/?o=1#job/9/run/70" }],
    });
    expect((object["evidence"] as { source: string; line: unknown }[])[0]).toMatchObject({
      source: "run_output",
      line: null,
    });
  });

  it("keeps 64-bit ids exact", async () => {
    const body = JSON.stringify({ ...failedRun, run_id: "ID" }).replace('"ID"', "9007199254740993");
    const folder = await folderWith({ "run.json": body, "run_output.json": failedOutput });
    const object = firstObject(await diagnoseCli({ case: folder, json: true }));
    expect(object["databricksRuns"]).toMatchObject([{ runId: "9007199254740993" }]);
  });

  it("replaces a secret in what it quotes, and counts it", async () => {
    const secret = `dapi${"0123456789abcdef".repeat(2)}`;
    const folder = await folderWith({
      "run.json": failedRun,
      "run_output.json": { ...failedOutput, error: `PermissionError: [Errno 13] Permission denied: token ${secret}` },
    });
    const answer = await diagnoseCli({ case: folder, json: true });
    expect(answer.out).not.toContain(secret);
    expect(answer.out).toContain("[REDACTED:");
    expect(firstObject(answer)["redactions"]).toBeGreaterThan(0);
  });
});

describe("bad input", () => {
  it("ends with 2 and one line that says what to do", async () => {
    const folder = await folderWith({
      "empty.log": "",
      "picture.log": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
    });
    for (const options of [
      { log: join(folder, "absent.log") },
      { log: join(folder, "empty.log") },
      { log: join(folder, "picture.log") },
      { case: join(folder, "absent") },
      { case: await folderWith({ "notes.md": "nothing" }) },
      {},
    ]) {
      const answer = await diagnoseCli({ ...options, json: true });
      expect(answer.code).toBe(2);
      expect(answer.out).toBe("");
      expect(answer.err).toMatch(/^pipewright: .+\n$/);
      expect(answer.err.trim().split("\n")).toHaveLength(1);
    }
  });

  it("takes an empty log beside a run as a warning", async () => {
    const folder = await folderWith({ "log.txt": "", "run.json": failedRun, "run_output.json": failedOutput });
    const answer = await diagnoseCli({ case: folder, json: true });
    expect(answer.code).toBe(0);
    expect(firstObject(answer)).toMatchObject({ outcome: "diagnosed", warnings: [expect.stringContaining("empty")] });
  });

  it("leaves out a broken body, says so and goes on", async () => {
    const folder = await folderWith({ "log.txt": log, "task_instance.json": '{"dag_id": "fees", "tas' });
    const object = firstObject(await diagnoseCli({ case: folder, json: true }));
    expect(object).toMatchObject({ outcome: "diagnosed" });
    expect(object["warnings"]).toEqual([expect.stringContaining("task_instance.json")]);
  });
});

describe("a case folder", () => {
  it("reads the first form of the log in the contract's order", async () => {
    const body = {
      content: [
        {
          event: "Task failed with exception",
          level: "error",
          logger: "task",
          error_detail: [
            {
              exc_type: "ZeroDivisionError",
              exc_value: "division by zero",
              exc_notes: [],
              syntax_error: null,
              is_cause: false,
              frames: [],
            },
          ],
        },
      ],
    };
    const folder = await folderWith({ "log.txt": log, "log.v2.json": body });
    expect(firstObject(await diagnoseCli({ case: folder, json: true }))["signature"]).toBe("division-by-zero");
  });

  it("looks up only the runs its log leads to, and reports job runs, never task runs", async () => {
    const submitted = failedLog(
      [info("Run submitted with run_id: 70")],
      [
        '  File "/home/airflow/.local/lib/python3.11/site-packages/airflow/providers/databricks/operators/databricks.py", line 9, in execute',
        "airflow.exceptions.AirflowException: load failed with terminal state: {'life_cycle_state': 'INTERNAL_ERROR', 'result_state': 'FAILED', 'state_message': 'Workload failed, see run output for details'} and with the errors [{'task_key': 'load', 'run_id': 71, 'error': 'Workload failed, see run output for details'}]",
      ],
    );
    const folder = await folderWith({
      "log.txt": submitted,
      "databricks_responses.json": {
        "runs/get?run_id=70": failedRun,
        "runs/get-output?run_id=71": failedOutput,
        "runs/get?run_id=99": { ...failedRun, run_id: 99 },
        "runs/get-output?run_id=99": { error: "MemoryError: out of memory" },
      },
    });
    const object = firstObject(await diagnoseCli({ case: folder, json: true }));
    expect(object).toMatchObject({ signature: "name-not-defined" });
    expect(object["databricksRuns"]).toMatchObject([{ runId: "70" }]);
    expect((object["evidence"] as { source: string }[])[0]?.source).toBe("databricks_responses");
  });

  it("is a case with import errors alone", async () => {
    const folder = await folderWith({
      "import_errors.json": {
        import_errors: [
          {
            filename: "fees.py",
            stack_trace: "ModuleNotFoundError: No module named 'fees_sdk'",
            timestamp: "2031-05-04T00:00:00Z",
          },
        ],
      },
      "dag.json": { detail: "not found", status: 404 },
    });
    const object = firstObject(await diagnoseCli({ case: folder, json: true }));
    expect(object).toMatchObject({ category: "dependency_failure" });
    expect(object).not.toHaveProperty("warnings");
  });
});

describe("diagnose --batch", () => {
  it("prints one object a folder, an error where nothing can be read, and goes on", async () => {
    const folder = await folderWith({
      "a/log.txt": log,
      "b/notes.md": "nothing",
      "c/run.json": failedRun,
      "c/run_output.json": failedOutput,
    });
    const answer = await diagnoseCli({ batch: folder, json: true });
    const lines = answer.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answer.code).toBe(0);
    expect(lines.map((line) => line["id"])).toEqual(["a", "b", "c"]);
    expect(lines[0]).toMatchObject({ outcome: "diagnosed" });
    expect(Object.keys(lines[1] ?? {})).toEqual(["id", "error"]);
    expect(lines[2]).toMatchObject({ category: "transformation_error" });
  });
});

describe("the report for people", () => {
  it("names the cause, the proof and the next step", async () => {
    const folder = await folderWith({ "task.log": log });
    const { out } = await diagnoseCli({ log: join(folder, "task.log") });
    expect(out).toContain("quota or rate limit");
    expect(out).toContain("E1 log:2");
    expect(out).toContain("Next: ");
  });
});
