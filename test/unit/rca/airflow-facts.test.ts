import { describe, expect, it } from "vitest";
import type { EventLogEntry, TaskSpec } from "../../../src/core/airflow.js";
import { bareRun, bareSpec } from "../../fixtures/bare-rows.js";
import { info, task, verdictOn } from "./reading-of.js";

function event(name: string, extra: string | null): EventLogEntry {
  return {
    event: name,
    when: null,
    owner: "ana",
    extra,
    taskId: "load_fees",
    runId: "scheduled__2031-05-04",
    tryNumber: 1,
  };
}

function spec(taskId: string, downstream: readonly string[]): TaskSpec {
  return { ...bareSpec, taskId, downstreamTaskIds: downstream };
}

describe("what Airflow knows beside the log", () => {
  it("walks upstream_failed to the ancestor that failed first", async () => {
    const verdict = await verdictOn(null, {
      task: task({ taskId: "publish", state: "upstream_failed", tryNumber: 0 }),
      specs: [spec("wait", ["load"]), spec("load", ["publish"]), spec("mail", []), spec("publish", [])],
      siblings: [
        task({ taskId: "mail", endedAt: "2031-05-04T01:00:00Z" }),
        task({ taskId: "load", state: "upstream_failed", endedAt: "2031-05-04T02:01:00Z" }),
        task({ taskId: "wait", endedAt: "2031-05-04T02:00:00Z" }),
      ],
    });
    expect(verdict.category).toBe("dependency_failure");
    expect(verdict.failedAncestor).toEqual({ taskId: "wait", mapIndex: -1 });
    expect(verdict.summary).toContain("wait");
    expect(verdict.rerunHelps).toBe("no");
  });

  it("finds a lost heartbeat in the audit log when the task's log breaks off", async () => {
    const log = [info("row 1 of 900 000"), info("row 2 of 900 000, could not compress, continuing"), ""].join("\n");
    const verdict = await verdictOn(log, {
      task: task({}),
      eventLog: [event("heartbeat timeout", "Task did not emit heartbeat within time limit (300 seconds)")],
    });
    expect([verdict.category, verdict.signature]).toEqual(["infrastructure", "heartbeat-lost"]);
    expect(verdict.evidence[0]?.source).toBe("event_logs");
  });

  it("calls a task marked failed by a person cancelled", async () => {
    const log = [
      info("row 1"),
      "[2031-05-04T02:00:00.000+0000] {local_task_job_runner.py:302} WARNING - State of this instance has been externally set to failed. Terminating instance.",
      "",
    ].join("\n");
    const verdict = await verdictOn(log, {
      task: task({}),
      eventLog: [event("patch_task_instance", '{"new_state": "failed"}')],
    });
    expect(verdict.category).toBe("cancelled");
  });

  it("names a passed dagrun_timeout, where no task failed and the rest was skipped", async () => {
    const verdict = await verdictOn(null, {
      task: task({ state: "skipped" }),
      run: { ...bareRun, dagId: "fees", runId: "scheduled__2031-05-04" },
      siblings: [task({ taskId: "extract", state: "success" }), task({ state: "skipped" })],
    });
    expect([verdict.category, verdict.signature]).toEqual(["timeout", "dag-run-timed-out"]);
  });

  it("reads why a DAG file does not import", async () => {
    const stackTrace = [
      "Traceback (most recent call last):",
      '  File "/opt/airflow/dags/fees.py", line 2, in <module>',
      "ModuleNotFoundError: No module named 'fees_sdk'",
    ].join("\n");
    const verdict = await verdictOn(null, { importFailures: [{ filename: "fees.py", stackTrace, at: null }] });
    expect([verdict.category, verdict.object]).toEqual(["dependency_failure", "fees_sdk"]);
    expect(verdict.evidence[0]).toMatchObject({ source: "import_errors", line: null });
  });

  it("says what a sensor waited for", async () => {
    const stamp = "[2031-05-04T02:00:00.000+0000]";
    const log = [
      `${stamp} {filesystem.py:66} INFO - Poking for file /srv/in/fees_2031-05-04.csv`,
      `${stamp} {taskinstance.py:90} ERROR - Task failed with exception`,
      "Traceback (most recent call last):",
      '  File "/home/airflow/.local/lib/python3.11/site-packages/airflow/sensors/base.py", line 9, in execute',
      "airflow.exceptions.AirflowSensorTimeout: Sensor has timed out; run duration of 61.0 seconds exceeds the specified timeout of 60.0.",
      `${stamp} {taskinstance.py:90} INFO - Marking task as FAILED. dag_id=fees, task_id=wait_fees`,
      "",
    ].join("\n");
    const verdict = await verdictOn(log);
    expect(verdict.category).toBe("missing_upstream_data");
    expect(verdict.object).toBe("/srv/in/fees_2031-05-04.csv");
    expect(verdict.summary).toContain("fees_2031-05-04.csv");
  });
});
