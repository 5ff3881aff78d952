import { describe, expect, it } from "vitest";
import { bashFailed, body, failedLog, info, verdictOn } from "./reading-of.js";

const task = { level: "info", logger: "task", timestamp: "2031-05-04T02:00:00Z" };

describe("what a log says itself did not end the try", () => {
  it("is why a program tried again, where that did not come back", async () => {
    const refused = (n: number): string =>
      `02:00:0${n} GET https://fees.example/v1/rows?page=1 503 Service Unavailable`;
    const again = (n: number): string => `02:00:0${n} retry ${n} of 4 in 1s`;
    const went = "02:00:07 GET https://fees.example/v1/rows?page=1 200 (1.1 MB)";
    const broken = "02:00:08 sync failed: row 7: value 'n/a' is no number";
    const end = ["exit status 1", ""];
    const passed = await verdictOn([refused(1), again(1), went, broken, ...end].join("\n"));
    expect(passed.category).not.toBe("network_transient");
    expect(passed.evidence[0]?.text).toBe(broken);
    const stayed = await verdictOn([refused(1), again(1), refused(2), again(2), refused(3), ...end].join("\n"));
    expect(stayed.category).toBe("network_transient");
    const cut = await verdictOn(["psql: error: connection refused", "retrying in 5s", ...end].join("\n"));
    expect(cut.category).toBe("network_transient");
  });

  it("is the template that Airflow 3 could not render for show before the task began", async () => {
    const shell = { ...task, logger: "airflow.task.hooks.SubprocessHook" };
    const log = body([
      { ...task, event: "::group::Pre Execute" },
      {
        ...task,
        event: "Failed to resolve template field 'bash_command'",
        level: "error",
        logger: "airflow.sdk.definitions._internal.templater",
        error_detail: [{ exc_type: "TemplateNotFound", exc_value: "'fees.sh' not found in search path" }],
      },
      { ...task, event: "::endgroup::" },
      { ...shell, event: "/home/etl/.bashrc: line 4: nvm: command not found" },
      { ...shell, event: "bash: line 2: csvcut: command not found" },
      {
        ...task,
        event: "Task failed with exception",
        level: "error",
        error_detail: [
          {
            exc_type: "AirflowException",
            exc_value: "Bash command failed. The command returned a non-zero exit code 127.",
          },
        ],
      },
    ]);
    const verdict = await verdictOn(log);
    expect([verdict.signature, verdict.object]).toEqual(["command-not-found", "csvcut"]);
  });

  it("is what a test runner caught of a test's output", async () => {
    const log = [
      "=================================== FAILURES ===================================",
      "___________________________________ test_fee ___________________________________",
      "E       assert 7.5 == 8.0",
      "------------------------------ Captured log call -------------------------------",
      "ERROR    fees:fees.py:6 no cache yet",
      "Traceback (most recent call last):",
      '  File "/home/ci/fees.py", line 5, in load',
      "    open(path)",
      "FileNotFoundError: [Errno 2] No such file or directory: '/var/cache/fees.json'",
      "=========================== short test summary info ============================",
      "FAILED test_fees.py::test_fee - assert 7.5 == 8.0",
      "1 failed, 3 passed in 0.31s",
      "",
    ].join("\n");
    expect((await verdictOn(log)).category).toBe("transformation_error");
  });

  it("is what Spark's driver lived through before it began another stage", async () => {
    const spark = (text: string): string => `31/05/04 02:00:00 ${text}`;
    const missing = [
      "org.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: file:/lake/fees",
      "\tat org.apache.spark.sql.Dataset.load(Dataset.scala:9)",
    ];
    const log = [
      spark("INFO DAGScheduler: Submitting ResultStage 3 (MapPartitionsRDD[9]), which has no missing parents"),
      spark("WARN Loader: no old fees"),
      ...missing,
      spark("INFO DAGScheduler: Submitting ResultStage 4 (MapPartitionsRDD[12]), which has no missing parents"),
      spark("INFO DAGScheduler: Job 4 finished: save at Fees.scala:31, took 6.4 s"),
    ];
    expect((await verdictOn([...log, ""].join("\n"))).outcome).toBe("abstained");
    const stopped = spark("INFO SparkContext: Successfully stopped SparkContext");
    expect((await verdictOn([...log, stopped, ""].join("\n"))).outcome).toBe("no_failure");
    expect((await verdictOn([...log, ...missing, stopped, ""].join("\n"))).category).toBe("missing_upstream_data");
  });

  it("is the DAG file that was read too slowly, when a later start of the same try read it", async () => {
    const slow = [
      { ...task, event: "::group::Pre Execute" },
      { ...task, event: "Process timed out, PID: 77", level: "error", logger: "airflow.dag_processing.importers" },
      { ...task, event: "Dag not found during start up", level: "error" },
      { ...task, event: "Rescheduling task during startup, marking task as UP_FOR_RESCHEDULE", level: "warning" },
    ];
    const began = [
      { ...task, event: "::group::Pre Execute" },
      { ...task, event: "::endgroup::" },
      {
        ...task,
        event: "Task failed with exception",
        level: "error",
        error_detail: [{ exc_type: "ConfigException", exc_value: "Invalid kube-config file. No configuration found." }],
      },
    ];
    expect((await verdictOn(body([...slow, ...began]))).category).toBe("configuration");
    expect((await verdictOn(body(slow))).category).toBe("timeout");
  });

  it("is what a test wrote to the console of jest, and the source it draws around a place", async () => {
    const log = [
      "  console.error",
      "    Request failed with status code 500",
      "",
      "      at Object.error (src/fees.test.js:2:87)",
      "",
      "FAIL src/fees.test.js",
      "  ● fees arrive",
      '    thrown: "Exceeded timeout of 1500 ms for a test while waiting for `done()` to be called."',
      "    > 1 | test('fees arrive', (done) => { console.error('Request failed with status code 500'); }, 1500);",
      "Tests:       1 failed, 1 passed, 2 total",
      "",
    ].join("\n");
    expect((await verdictOn(log)).category).not.toBe("network_transient");
  });

  it("is the cancellation by which asyncio ends a wait that took too long", async () => {
    const log = failedLog(
      [],
      [
        '  File "/opt/airflow/dags/fees.py", line 12, in load',
        "    await self._waiter",
        "asyncio.exceptions.CancelledError",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "Traceback (most recent call last):",
        '  File "/opt/airflow/dags/fees.py", line 14, in load',
        "    raise TimeoutError from error",
        "TimeoutError",
      ],
    );
    expect((await verdictOn(log)).category).not.toBe("cancelled");
  });
});

describe("a log that ended well", () => {
  it("may count tests that were expected to fail, and lines stamped with the time of day", async () => {
    const tests = [
      "ERROR    fees:test_fees.py:5 FATAL: played outage",
      "==== 3 passed, 1 xfailed, 1 warning in 8.88s ====",
      "",
    ];
    expect((await verdictOn(tests.join("\n"))).outcome).toBe("no_failure");
    const dbt = [
      "02:04:46  1 of 1 ERROR is the name of this view [CREATE VIEW in 0.40s]",
      "02:04:46  Done. PASS=1 WARN=0 ERROR=0 SKIP=0 TOTAL=1",
      "",
    ];
    expect((await verdictOn(dbt.join("\n"))).outcome).toBe("no_failure");
  });
});

describe("a log that ended well by its own word", () => {
  it("is told by the exit code that stands last", async () => {
    const log = (code: number): string =>
      [
        "INFO connecting",
        "ERROR could not read cache: FileNotFoundError: [Errno 2] No such file or directory: '/tmp/fees'",
        "INFO wrote 900 rows",
        `INFO done, exit code ${code}`,
        "",
      ].join("\n");
    expect((await verdictOn(log(0))).outcome).toBe("no_failure");
    expect((await verdictOn(log(4))).outcome).not.toBe("no_failure");
  });
});

describe("what an exception leaves to others", () => {
  it("is sought in the pod's events when the operator only says that the pod did not start", async () => {
    const log = failedLog(
      [
        "[2031-05-04T02:00:00.000+0000] {pod.py:10} ERROR - Pod Event: Failed - Error: couldn't find key token in Secret data/fees",
      ],
      [
        '  File "/home/airflow/.local/lib/python3.11/site-packages/airflow/providers/cncf/kubernetes/operators/pod.py", line 7, in execute',
        "    self.cleanup(",
        "airflow.providers.cncf.kubernetes.utils.pod_manager.PodLaunchFailedException: Pod took too long to start.",
      ],
    );
    expect((await verdictOn(log)).category).toBe("configuration");
  });

  it("is no assertion of the team's where Airflow's own frame raised it", async () => {
    const raisedIn = (file: string): Promise<{ category: string | null }> =>
      verdictOn(
        failedLog([], [`  File "${file}", line 12, in run`, "    assert self.task is not None", "AssertionError"]),
      );
    const airflows = "/home/airflow/.local/lib/python3.11/site-packages/airflow/models/taskinstance.py";
    expect((await raisedIn(airflows)).category).toBe("platform_bug");
    expect((await raisedIn("/opt/airflow/dags/fees.py")).category).not.toBe("platform_bug");
  });
});

describe("why Airflow 3 stopped a try", () => {
  const stopped = (state: string): string =>
    body([
      { ...task, event: "::group::Pre Execute" },
      { ...task, event: "::endgroup::" },
      {
        ...task,
        event: "Server indicated the task shouldn't be running anymore. Terminating process",
        level: "error",
        detail: { reason: "not_running", current_state: state },
      },
      { ...task, event: "Task killed!", level: "error" },
    ]);

  it("is somebody's doing where its state was set to failed", async () => {
    expect((await verdictOn(stopped("failed"))).category).toBe("cancelled");
  });

  it("is not told where the state went back to another", async () => {
    expect((await verdictOn(stopped("restarting"))).category).toBe("infrastructure");
  });
});

describe("the quoted proof", () => {
  it("goes on with what a compiler draws below its message", async () => {
    const log = failedLog(
      [
        info("error[E0308]: mismatched types"),
        " --> src/fees.rs:9:4",
        "  |",
        "9 |     let n: i32 = fees.len();",
        "  |            ---   ^^^^^^^^^^ expected `i32`, found `usize`",
      ],
      bashFailed,
    );
    const quoted = (await verdictOn(log)).evidence.map((one) => one.text);
    expect(quoted.some((text) => text.includes("expected `i32`, found `usize`"))).toBe(true);
  });
});
