import { describe, expect, it } from "vitest";
import type { PipelineEvent } from "../../../src/core/pipeline-events.js";
import { output, run, status, taskRun, verdictOn } from "./reading-of.js";

const missingColumn =
  "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `fee_eur` cannot be resolved.";

function databricks(parts: {
  runs: ReturnType<typeof run>[];
  outputs?: ReturnType<typeof output>[];
  clusterEvents?: { at: null; type: string; reasonCode: string | null; reasonType: null; detail: string | null }[];
}) {
  return { databricks: { outputs: [], clusterEvents: [], gaps: [], ...parts } };
}

describe("a failed Databricks run", () => {
  it("is explained by its task's own output, never by 'Workload failed'", async () => {
    const facts = databricks({ runs: [run({})], outputs: [output({ error: missingColumn })] });
    const verdict = await verdictOn(null, facts);
    expect(verdict.category).toBe("schema_drift");
    expect(verdict.object).toBe("fee_eur");
    expect(verdict.evidence[0]).toMatchObject({ source: "run_output", line: null, text: missingColumn });
    expect(verdict.databricksRuns).toEqual([{ runId: "70", url: null }]);
  });

  it("of dbt is explained by the lines it printed, where its error only says that dbt failed", async () => {
    const logs = [
      "02:11:40  22 of 31 ERROR creating sql table model mart.fees .......... [ERROR in 4.02s]",
      "02:11:58    Database Error in model fees (models/mart/fees.sql)",
      "  [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `fee_eur` cannot be resolved. SQLSTATE: 42703",
      "02:11:58  Done. PASS=20 WARN=0 ERROR=1 SKIP=9 TOTAL=30",
    ].join("\n");
    const said = (error: string) => databricks({ runs: [run({})], outputs: [output({ error, logs })] });
    expect(await verdictOn(null, said("dbt command failed: dbt build (exit code 1)"))).toMatchObject({
      category: "schema_drift",
      object: "fee_eur",
    });
    expect((await verdictOn(null, said("java.lang.OutOfMemoryError: Java heap space"))).category).toBe("out_of_memory");
  });

  it("is read in the latest attempt of each task", async () => {
    const tasks = [
      taskRun({ taskRunId: "73", attempt: 1, startedAt: "2031-05-04T03:00:00.000Z" }),
      taskRun({ taskRunId: "71", attempt: 0, startedAt: "2031-05-04T02:00:00.000Z" }),
    ];
    const outputs = [
      output({ taskRunId: "71", error: "ConnectionResetError: [Errno 104] Connection reset by peer" }),
      output({ taskRunId: "73", error: missingColumn }),
    ];
    expect((await verdictOn(null, databricks({ runs: [run({ tasks })], outputs }))).category).toBe("schema_drift");
  });

  it("follows Caused by to its root", async () => {
    const error = [
      "Py4JJavaError: An error occurred while calling o77.save.",
      ": org.apache.spark.SparkException: Job aborted due to stage failure: Task 1 in stage 4.0 failed 4 times",
      "\tat org.apache.spark.scheduler.DAGScheduler.abortStage(DAGScheduler.scala:2785)",
      "Caused by: java.io.IOException: No space left on device",
      "\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)",
    ].join("\n");
    const verdict = await verdictOn(null, databricks({ runs: [run({})], outputs: [output({ error })] }));
    expect(verdict.signature).toBe("disk-full");
    expect(verdict.evidence[0]?.text).toBe("Caused by: java.io.IOException: No space left on device");
  });

  it("that lost its cluster is explained by the cluster's events", async () => {
    const facts = databricks({
      runs: [run({ status: status({ terminationCode: "CLUSTER_ERROR" }) })],
      clusterEvents: [
        { at: null, type: "TERMINATING", reasonCode: "SPOT_INSTANCE_TERMINATION", reasonType: null, detail: null },
      ],
    });
    const verdict = await verdictOn(null, facts);
    expect([verdict.signature, verdict.rerunHelps]).toEqual(["spot-instance-lost", "yes"]);
  });

  it("names the spot machine that was taken back, not the driver that went with it", async () => {
    const facts = databricks({
      runs: [run({ status: status({ message: "Could not reach driver of cluster 0504-020000-fees." }) })],
      clusterEvents: [
        { at: null, type: "TERMINATING", reasonCode: "SPOT_INSTANCE_TERMINATION", reasonType: null, detail: null },
      ],
    });
    expect((await verdictOn(null, facts)).signature).toBe("spot-instance-lost");
  });

  it("whose job cluster ended normally is not explained by that", async () => {
    const facts = databricks({
      runs: [run({})],
      outputs: [output({ error: missingColumn })],
      clusterEvents: [{ at: null, type: "TERMINATING", reasonCode: "JOB_FINISHED", reasonType: null, detail: null }],
    });
    expect((await verdictOn(null, facts)).category).toBe("schema_drift");
  });

  it("skipped for the job's concurrency limit is a quota, and a rerun later helps", async () => {
    const skipped = status({
      lifeCycle: "SKIPPED",
      result: "MAXIMUM_CONCURRENT_RUNS_REACHED",
      message: "An active run for the job is already running. Maximum concurrent runs: 1.",
      terminationCode: "MAX_CONCURRENT_RUNS_EXCEEDED",
      terminationMessage: null,
    });
    const verdict = await verdictOn(null, databricks({ runs: [run({ status: skipped, tasks: [] })] }));
    expect([verdict.category, verdict.rerunHelps]).toEqual(["quota_or_rate_limit", "yes"]);
  });

  it("cancelled by a person is cancelled, one past its limit is a timeout", async () => {
    const cancelled = status({
      result: "CANCELED",
      message: "Run cancelled.",
      terminationCode: "USER_CANCELED",
      terminationMessage: null,
    });
    const late = status({
      result: "TIMEDOUT",
      message: "Run timed out. The run exceeded the configured timeout of 60 seconds.",
      terminationCode: "CANCELED",
      terminationMessage: null,
    });
    const one = await verdictOn(null, databricks({ runs: [run({ status: cancelled, tasks: [] })] }));
    const other = await verdictOn(null, databricks({ runs: [run({ status: late, tasks: [] })] }));
    expect([one.category, other.category]).toEqual(["cancelled", "timeout"]);
  });

  it("that succeeded is no failure, whatever its tasks printed", async () => {
    const well = status({ lifeCycle: "TERMINATED", result: "SUCCESS", message: null, terminationCode: "SUCCESS" });
    const facts = databricks({
      runs: [run({ status: well, tasks: [taskRun({ status: well })] })],
      outputs: [output({ logs: "Traceback (most recent call last):\nKeyError: 'fee'\nrecovered" })],
    });
    expect((await verdictOn(null, facts)).outcome).toBe("no_failure");
  });

  it("of a pipeline task abstains and says so by name", async () => {
    const facts = databricks({ runs: [run({ tasks: [taskRun({ kind: "pipeline", taskKey: "refresh_fees" })] })] });
    const verdict = await verdictOn(null, facts);
    expect(verdict.outcome).toBe("abstained");
    expect(verdict.summary).toContain("pipeline task refresh_fees");
  });
});

describe("the event log of a pipeline", () => {
  const event = (given: Partial<PipelineEvent>): PipelineEvent => ({
    at: "2031-05-04T02:10:00.000Z",
    updateId: "u2",
    type: "flow_progress",
    level: "ERROR",
    flow: "silver_fees",
    message: "Flow 'silver_fees' has FAILED.",
    exceptions: [],
    broken: [],
    ...given,
  });
  const about = (pipelineEvents: readonly PipelineEvent[]) => {
    const failed = status({ result: "FAILED", message: "Workload failed, see run output for details" });
    const tasks = [taskRun({ kind: "pipeline", pipelineId: "p1", status: failed })];
    return verdictOn(null, {
      databricks: { runs: [run({ tasks, status: failed })], outputs: [], clusterEvents: [], gaps: [], pipelineEvents },
    });
  };

  it("tells the root of the last update's error, not what an update before it died of", async () => {
    const verdict = await about([
      event({
        exceptions: [
          { type: "org.apache.spark.sql.streaming.StreamingQueryException", message: "Query [id = 7] terminated" },
          { type: "java.io.FileNotFoundException", message: "s3://lake/raw/fees/part-7.json does not exist" },
        ],
      }),
      event({
        at: "2031-05-03T02:10:00.000Z",
        updateId: "u1",
        exceptions: [{ type: "java.lang.OutOfMemoryError", message: "Java heap space" }],
      }),
    ]);
    expect([verdict.category, verdict.evidence[0]?.text]).toEqual([
      "missing_upstream_data",
      "s3://lake/raw/fees/part-7.json does not exist",
    ]);
  });

  it("tells the expectation that stopped a flow", async () => {
    const broken = [{ expectation: "fee_is_positive", dataset: "silver_fees", failed: 12 }];
    const verdict = await about([event({ broken })]);
    expect(verdict.category).toBe("data_quality");
    expect(verdict.evidence.map(({ text }) => text)).toContain("fee_is_positive");
  });
});
