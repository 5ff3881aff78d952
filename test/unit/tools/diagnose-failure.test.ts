import { getEncoding } from "js-tiktoken";
import { describe, expect, it } from "vitest";
import { diagnoseFailure } from "../../../src/tools/diagnose/failure.js";
import {
  createWorld,
  dag,
  dagRun,
  incident,
  jobOutput,
  jobRun,
  jobTask,
  notFound,
  spec,
  task,
  unreachable,
  verdict,
  type World,
} from "./literal-world.js";

const bikes: World = {
  dags: [dag("bikes_daily", { owners: ["data-bikes"] }), dag("trains_hourly")],
  tasks: [
    task({ taskId: "fetch_trips", state: "failed", tryNumber: 3, maxTries: 3 }),
    task({ taskId: "clean", state: "upstream_failed", tryNumber: 0, startedAt: null }),
    task({ taskId: "publish", mapIndex: 0, state: "upstream_failed" }),
    task({ taskId: "publish", mapIndex: 1, state: "upstream_failed" }),
  ],
  specs: [spec("fetch_trips", ["clean"]), spec("clean", ["publish"]), spec("publish")],
};

const ask = (input: Record<string, unknown>, ports: ReturnType<typeof createWorld>["ports"]) =>
  diagnoseFailure.handler(diagnoseFailure.input.parse(input), ports);

describe("why did it fail", () => {
  it("finds the newest failure of a DAG named by words, and says what waits behind it", async () => {
    const { ports, opened } = createWorld(bikes);
    const answer = await ask({ what: "why did bikes daly fail last night?" }, ports);
    expect(answer.about).toEqual({
      connection: "airflow:prod",
      dag: "bikes_daily",
      run: "scheduled__2026-11-22",
      task: "fetch_trips",
      try: 3,
    });
    expect(answer.summary).toBe("bikes.example.org answered 503; a rerun should pass.");
    expect(answer.evidence).toEqual([
      { id: "E1", source: "log", line: 12, quoted: "HTTPError: 503 for url: https://bikes.example.org/trips" },
    ]);
    expect(answer.blocked).toEqual(["clean", "publish ×2"]);
    expect(answer.owner).toBe("data-bikes");
    expect(opened).toEqual([["fetch_trips#3", "try 2", "try 1"]]);
  });

  it("reads an address pasted from Airflow, with its try", async () => {
    const { ports, opened } = createWorld(bikes);
    const what =
      "https://airflow.example.org/dags/bikes_daily/runs/scheduled__2026-11-22/tasks/fetch_trips?try_number=2";
    const answer = await ask({ what }, ports);
    expect(answer.about.try).toBe(2);
    expect(opened).toEqual([["fetch_trips#2", "try 1"]]);
  });

  it("reads an address pasted from Databricks", async () => {
    const world = {
      ...bikes,
      jobRuns: [jobRun({ runId: "9007199254740993", tasks: [jobTask({ taskRunId: "51" })] })],
      outputs: [jobOutput("51")],
    };
    const { ports, diagnosed } = createWorld(world);
    const answer = await ask({ what: "look: https://adb-1.example.net/?o=1#job/7/run/9007199254740993" }, ports);
    expect(answer.about).toEqual({ connection: "databricks:eu", databricksRun: "9007199254740993" });
    expect(diagnosed[0]?.databricks.outputs.map((output) => output.taskRunId)).toEqual(["51"]);
  });

  it("walks an upstream_failed task to the first failed one and reads that log", async () => {
    const { ports, opened, diagnosed } = createWorld(bikes);
    const answer = await ask({ dag: "bikes_daily", run: "scheduled__2026-11-22", task: "clean" }, ports);
    expect(answer.failedAncestor).toEqual({ taskId: "fetch_trips", mapIndex: -1 });
    expect(answer.about.task).toBe("fetch_trips");
    expect(diagnosed[0]?.task?.taskId).toBe("fetch_trips");
    expect(opened[0]?.[0]).toBe("fetch_trips#3");
  });

  it("takes the failed index of a mapped task when none is named", async () => {
    const world = {
      ...bikes,
      tasks: [
        task({ taskId: "shard", mapIndex: 0 }),
        task({ taskId: "shard", mapIndex: 7, state: "failed" }),
        task({ taskId: "shard", mapIndex: 9, state: "failed", endedAt: "2026-11-22T02:30:00Z" }),
      ],
    };
    const { ports } = createWorld(world);
    const answer = await ask({ dag: "bikes_daily", run: "scheduled__2026-11-22", task: "shard" }, ports);
    expect(answer.about.mapIndex).toBe(7);
  });

  it("takes the newest failure of the task and index that are named", async () => {
    const world = {
      ...bikes,
      tasks: [
        task({ taskId: "shard", mapIndex: 3, state: "failed" }),
        task({ taskId: "shard", mapIndex: 7, state: "failed" }),
        task({ taskId: "early", state: "failed", endedAt: "2026-11-22T02:01:00Z" }),
        task({ taskId: "publish", state: "upstream_failed" }),
      ],
      specs: [spec("early", ["publish"]), spec("publish"), spec("shard")],
    };
    const { ports } = createWorld(world);
    expect((await ask({ dag: "bikes_daily" }, ports)).about.task).toBe("early");
    expect((await ask({ dag: "bikes_daily", task: "shard", mapIndex: 7 }, ports)).about).toMatchObject({
      task: "shard",
      mapIndex: 7,
    });
    expect((await ask({ dag: "bikes_daily", run: "latest", task: "publish" }, ports)).failedAncestor?.taskId).toBe(
      "early",
    );
    const fine = await ask({ dag: "bikes_daily", task: "shard", mapIndex: 4 }, ports);
    expect(fine).toMatchObject({ outcome: "no_failure", summary: expect.stringContaining("in shard") as unknown });
  });

  it("looks the Databricks run up that the task was about, by its task run, with its failed task's output", async () => {
    const { ports, diagnosed, calls } = createWorld({
      ...bikes,
      tasks: [task({ taskId: "fetch_trips", state: "failed", operator: "DatabricksNotebookOperator" })],
      candidates: [{ runId: "51", url: null, isTaskRun: true, tryNumber: 1 }],
      jobRuns: [
        jobRun({ runId: "51", jobRunId: "50" }),
        jobRun({
          runId: "50",
          tasks: [
            jobTask({ taskRunId: "49", attempt: 0, clusterId: "c-1" }),
            jobTask({ taskRunId: "51", attempt: 1, clusterId: "c-1" }),
          ],
        }),
      ],
      outputs: [jobOutput("49"), jobOutput("51")],
      verdicts: [verdict({ databricksRuns: [{ runId: "50", url: null }] })],
    });
    const answer = await ask({ dag: "bikes_daily" }, ports);
    expect(diagnosed[0]?.databricks.runs.map((run) => run.runId)).toEqual(["50"]);
    expect(diagnosed[0]?.databricks.outputs.map((output) => output.taskRunId)).toEqual(["51"]);
    expect(calls).toContain("events c-1");
    expect(answer.links.map((link) => link.label)).toEqual(["Open in Airflow", "Open in Databricks"]);
  });

  it("follows a run_job task into its inner run, and a for_each into its failed iterations", async () => {
    const iteration = jobTask({ taskRunId: "63", taskKey: "each_iteration" });
    const { ports, diagnosed } = createWorld({
      jobRuns: [
        jobRun({ runId: "60", tasks: [jobTask({ taskRunId: "61", kind: "run_job" })] }),
        jobRun({
          runId: "62",
          tasks: [jobTask({ taskRunId: "64", taskKey: "each", kind: "for_each", iterations: [iteration] })],
        }),
      ],
      outputs: [jobOutput("61", { innerRunId: "62" }), jobOutput("63"), jobOutput("64")],
    });
    await ask({ databricksRun: "60" }, ports);
    expect(diagnosed[0]?.databricks.runs.map((run) => run.runId)).toEqual(["60", "62"]);
    expect(diagnosed[0]?.databricks.outputs.map((output) => output.taskRunId)).toEqual(["61", "63", "64"]);
  });

  it("reads the launch task's XCom for a task of a workflow group", async () => {
    const { ports, diagnosed, calls } = createWorld({
      ...bikes,
      tasks: [
        task({ taskId: "lake.load", state: "failed", operator: "DatabricksTaskOperator" }),
        task({ taskId: "lake.launch" }),
      ],
      specs: [spec("lake.launch", ["lake.load"]), spec("lake.load")],
      xcom: [{ taskId: "lake.launch", key: "return_value", value: { run_id: 50 } }],
    });
    await ask({ dag: "bikes_daily" }, ports);
    expect(calls.filter((call) => call.startsWith("xcom"))).toEqual(["xcom lake.load", "xcom lake.launch"]);
    expect(diagnosed[0]?.otherXcom).toHaveLength(1);
  });

  it("asks the scheduler's side only when the rest leaves doubt", async () => {
    const sure = createWorld(bikes);
    await ask({ dag: "bikes_daily" }, sure.ports);
    expect(sure.calls).not.toContain("eventLog");

    const doubtful = createWorld({
      ...bikes,
      verdicts: [verdict({ outcome: "abstained", category: "unknown", confidence: 0.2 }), verdict()],
    });
    const answer = await ask({ dag: "bikes_daily" }, doubtful.ports);
    expect(doubtful.calls).toContain("eventLog");
    expect(doubtful.diagnosed).toHaveLength(2);
    expect(answer.outcome).toBe("diagnosed");
  });

  it("diagnoses with what can be read, and names the gap", async () => {
    const { ports, opened } = createWorld({
      ...bikes,
      airflow: {
        tasks: () => Promise.reject(unreachable("airflow:prod")),
        taskLog: () => Promise.reject(unreachable("The log server")),
      },
    });
    const answer = await ask({ dag: "bikes_daily" }, ports);
    expect(opened).toEqual([[]]);
    expect(answer.outcome).toBe("diagnosed");
    expect(answer.warnings.join(" ")).toContain("The log of try 3 could not be read: The log server does not answer.");
  });

  it("goes on with the part of a log that came before its stream broke", async () => {
    const { ports } = createWorld({
      ...bikes,
      airflow: {
        taskLog: (_ref, tryNumber) =>
          Promise.resolve({
            name: "cut",
            tryNumber,
            format: "text" as const,
            bytes: (async function* () {
              yield Buffer.from("first line\n");
              throw unreachable("The log server");
            })(),
          }),
      },
    });
    const answer = await ask({ dag: "bikes_daily" }, ports);
    expect(answer.outcome).toBe("diagnosed");
    expect(answer.warnings.join(" ")).toContain("The log of try 3 from here on could not be read");
  });

  it("throws the system's own error when nothing can be read, and says whose move it is", async () => {
    const down = () => Promise.reject(unreachable("airflow:prod"));
    const { ports } = createWorld({
      ...bikes,
      airflow: { run: down, taskInstance: down, taskInstances: down, tasks: down, dag: down, dags: down },
    });
    await expect(ask({ dag: "bikes_daily", run: "r", task: "t" }, ports)).rejects.toMatchObject({
      code: "upstream",
      reason: "unreachable",
    });
  });

  it("tells the asker that the ids are wrong when Airflow knows no such run", async () => {
    const { ports } = createWorld({
      ...bikes,
      airflow: { run: (_dag, runId) => Promise.reject(notFound(`Run ${runId}`)) },
    });
    await expect(ask({ dag: "bikes_daily", run: "nope", task: "fetch_trips" }, ports)).rejects.toMatchObject({
      reason: "not_found",
    });
  });

  it("says that nothing failed instead of inventing a cause", async () => {
    const { ports, opened } = createWorld({ runs: [dagRun({ state: "success" })] });
    const answer = await ask({ what: "bikes_daily" }, ports);
    expect(answer.outcome).toBe("no_failure");
    expect(answer.summary).toContain("none of its last 1 runs failed");
    expect(opened).toEqual([]);
  });

  it("reads the DAG run itself when no task of it failed", async () => {
    const { ports, diagnosed, opened } = createWorld({ tasks: [task({ taskId: "fetch_trips", state: "skipped" })] });
    const answer = await ask({ dag: "bikes_daily" }, ports);
    expect(answer.about).toEqual({ connection: "airflow:prod", dag: "bikes_daily", run: "scheduled__2026-11-22" });
    expect(diagnosed[0]?.run?.state).toBe("failed");
    expect(opened).toEqual([[]]);
  });

  it("asks back when several DAGs fit", async () => {
    const { ports } = createWorld({ dags: [dag("bikes_daily"), dag("bikes_hourly")] });
    await expect(ask({ what: "why did bikes fail" }, ports)).rejects.toThrow(/bikes_daily.*bikes_hourly/);
  });

  it("refuses an address of somebody else's Airflow", async () => {
    const { ports } = createWorld(bikes);
    await expect(ask({ what: "https://evil.example.com/dags/bikes_daily" }, ports)).rejects.toThrow(
      /evil\.example\.com is not .* a configured connection/,
    );
  });

  it("names the incident that holds the failure", async () => {
    const failure = {
      kind: "airflow_task" as const,
      connection: "airflow:prod",
      dagId: "bikes_daily",
      runId: "scheduled__2026-11-22",
      taskId: "fetch_trips",
      mapIndex: -1,
      tryNumber: 3,
      maxTries: 3,
      state: "failed" as const,
      operator: null,
      startedAt: null,
      endedAt: null,
      runAfter: null,
    };
    const { ports } = createWorld({ ...bikes, incidents: [incident({ id: "inc_0001", failures: [failure] })] });
    expect((await ask({ dag: "bikes_daily" }, ports)).incident).toBe("inc_0001");
    expect((await ask({ what: "why inc_0001" }, ports)).about.task).toBe("fetch_trips");
  });

  it("says a thing once although several sources repeat it", async () => {
    const said = "Could not reach driver of cluster c-1: SPOT_INSTANCE_TERMINATION";
    const evidence = ["run_output", "run", "log"].map((source, index) => ({
      id: `E${index + 1}`,
      source,
      line: null,
      text: source === "log" ? `AirflowException: ${"state ".repeat(35)} ${said}` : said,
    }));
    const { ports } = createWorld({ ...bikes, verdicts: [verdict({ evidence })] });
    expect((await ask({ dag: "bikes_daily" }, ports)).evidence.map((quote) => quote.id)).toEqual(["E1"]);
    expect((await ask({ dag: "bikes_daily", detail: "full" }, ports)).evidence).toHaveLength(3);
  });

  it("stays within 600 tokens by default and gives everything when asked", async () => {
    const long = "x".repeat(480);
    const evidence = Array.from({ length: 8 }, (_, index) => ({
      id: `E${index + 1}`,
      source: "log",
      line: index,
      text: `pyspark.errors.AnalysisException: column ${index} of bikes.trips is gone ${index > 5 ? long : ""}`,
    }));
    const { ports } = createWorld({ ...bikes, verdicts: [verdict({ evidence })] });
    const short = await ask({ dag: "bikes_daily" }, ports);
    expect(short.evidence.map((quote) => quote.id)).toContain("E1");
    expect(getEncoding("o200k_base").encode(JSON.stringify(short)).length).toBeLessThanOrEqual(600);
    const full = await ask({ dag: "bikes_daily", detail: "full" }, ports);
    expect(full.evidence).toHaveLength(8);
    expect(full.evidence[7]?.quoted).toBe(evidence[7]?.text);
    expect(full.full?.normalisedException).toBe("HTTPError: 503");
  });
});
