import type { Dag, DagRun, TaskInstance, TaskRef, TaskSpec, XComEntry } from "../../../src/core/airflow.js";
import type { FailureCase } from "../../../src/core/case.js";
import type { DatabricksRun, DatabricksRunOutput, DatabricksTaskRun } from "../../../src/core/databricks.js";
import { UpstreamError } from "../../../src/core/errors.js";
import type { Incident } from "../../../src/core/incident.js";
import type {
  AirflowReader,
  DatabricksReader,
  JobRunCandidate,
  LogAnalyzer,
  LogInput,
} from "../../../src/core/ports.js";
import type { Verdict } from "../../../src/core/verdict.js";
import type { ToolPorts } from "../../../src/tools/ports.js";
import { bareSpec } from "../../fixtures/bare-rows.js";

export const now = "2026-11-22T09:00:00Z";

export function notFound(what: string): UpstreamError {
  return new UpstreamError(`${what} was not found.`, "Check the id.", "not_found", false, false, 404);
}

export function unreachable(what: string): UpstreamError {
  return new UpstreamError(`${what} does not answer.`, "Its operator should look.", "unreachable", true, false);
}

export function task(given: Partial<TaskInstance> & { readonly taskId: string }): TaskInstance {
  return {
    dagId: "bikes_daily",
    runId: "scheduled__2026-11-22",
    mapIndex: -1,
    id: null,
    state: "success",
    tryNumber: 1,
    maxTries: 1,
    operator: "PythonOperator",
    startedAt: "2026-11-22T02:00:00Z",
    endedAt: "2026-11-22T02:10:00Z",
    durationSeconds: 600,
    hostname: null,
    pool: "default_pool",
    runAfter: "2026-11-22T02:00:00Z",
    logicalDate: null,
    note: null,
    dagVersion: 1,
    renderedFields: null,
    ...given,
  };
}

export function spec(taskId: string, downstreamTaskIds: readonly string[] = []): TaskSpec {
  return { ...bareSpec, taskId, operator: "PythonOperator", downstreamTaskIds };
}

export function dagRun(given: Partial<DagRun> = {}): DagRun {
  return {
    dagId: "bikes_daily",
    runId: "scheduled__2026-11-22",
    state: "failed",
    runType: "scheduled",
    logicalDate: null,
    runAfter: "2026-11-22T02:00:00Z",
    startedAt: "2026-11-22T02:00:00Z",
    endedAt: "2026-11-22T02:20:00Z",
    updatedAt: null,
    conf: {},
    triggeredBy: null,
    note: null,
    dagVersions: [1],
    ...given,
  };
}

export function dag(dagId: string, given: Partial<Dag> = {}): Dag {
  return {
    dagId,
    isPaused: false,
    owners: ["airflow"],
    tags: [],
    schedule: "@daily",
    hasImportErrors: false,
    ...given,
  };
}

export function verdict(given: Partial<Verdict> = {}): Verdict {
  return {
    outcome: "diagnosed",
    category: "network_transient",
    signature: "http-503",
    confidence: 0.9,
    summary: "bikes.example.org answered 503; a rerun should pass.",
    rerunHelps: "yes",
    nextStep: "Rerun when the service is back.",
    evidence: [{ id: "E1", source: "log", line: 12, text: "HTTPError: 503 for url: https://bikes.example.org/trips" }],
    alternatives: [],
    databricksRuns: [],
    object: "bikes.example.org",
    normalisedException: "HTTPError: 503",
    failedAncestor: null,
    redactions: 0,
    warnings: [],
    ...given,
  };
}

export interface World {
  readonly dags?: readonly Dag[];
  readonly runs?: readonly DagRun[];
  readonly tasks?: readonly TaskInstance[];
  readonly specs?: readonly TaskSpec[];
  readonly xcom?: readonly XComEntry[];
  readonly logLines?: readonly string[];
  readonly candidates?: readonly JobRunCandidate[];
  readonly verdicts?: readonly Verdict[];
  readonly jobRuns?: readonly DatabricksRun[];
  readonly outputs?: readonly DatabricksRunOutput[];
  readonly incidents?: readonly Incident[];
  readonly airflow?: Partial<AirflowReader>;
  readonly databricks?: Partial<DatabricksReader>;
  readonly ports?: Partial<ToolPorts>;
}

export interface Watched {
  readonly ports: ToolPorts;
  /** Facts of every diagnosis, in order. */
  readonly diagnosed: FailureCase[];
  /** Names of the logs of every opened session. */
  readonly opened: (readonly string[])[];
  readonly calls: string[];
}

const sameTask = (ref: TaskRef) => (entry: TaskInstance) =>
  entry.dagId === ref.dagId &&
  entry.runId === ref.runId &&
  entry.taskId === ref.taskId &&
  entry.mapIndex === ref.mapIndex;

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function must<T>(value: T | undefined, what: string): Promise<T> {
  return value === undefined ? Promise.reject(notFound(what)) : Promise.resolve(value);
}

function airflowReader(world: World, calls: string[]): AirflowReader {
  const { dags = [dag("bikes_daily")], runs = [dagRun()], tasks = [], specs = [] } = world;
  const inRun = (dagId: string, runId: string) => tasks.filter((t) => t.dagId === dagId && t.runId === runId);
  const log = (ref: TaskRef, tryNumber: number): LogInput => ({
    name: `${ref.taskId}#${tryNumber}`,
    tryNumber,
    format: "text",
    bytes: each([Buffer.from("a line\n")]),
  });
  return {
    connection: "airflow:prod",
    baseUrl: "https://airflow.example.org",
    version: () => Promise.resolve("3.3.2"),
    failedTasksEndedSince: (since) =>
      each(
        tasks.filter(
          (t) => ["failed", "upstream_failed"].includes(t.state) && Date.parse(t.endedAt ?? "") >= since.getTime(),
        ),
      ),
    runsChangedSince: (_since, states) => each(runs.filter((run) => states?.includes(run.state) ?? true)),
    dags: () => Promise.resolve(dags),
    dag: (dagId) =>
      must(
        dags.find((entry) => entry.dagId === dagId),
        `DAG ${dagId}`,
      ),
    tasks: () => Promise.resolve(specs),
    run: (dagId, runId) =>
      must(
        runs.find((run) => run.dagId === dagId && run.runId === runId),
        `Run ${runId}`,
      ),
    recentRuns: (dagId, limit) => Promise.resolve(runs.filter((run) => run.dagId === dagId).slice(0, limit)),
    taskInstances: (dagId, runId) => Promise.resolve(inRun(dagId, runId)),
    taskInstance: (ref) => must(tasks.find(sameTask(ref)), `Task ${ref.taskId}`),
    recentTaskInstances: () => Promise.resolve([]),
    tries: () => Promise.resolve([]),
    taskLog: (ref, tryNumber) => Promise.resolve(log(ref, tryNumber)),
    eventLog: () => {
      calls.push("eventLog");
      return Promise.resolve([]);
    },
    blocking: () => Promise.resolve([]),
    importFailures: () => Promise.resolve([]),
    dagWarnings: () => Promise.resolve([]),
    pools: () => Promise.resolve([]),
    assets: () => Promise.resolve([]),
    xcom: (ref) => {
      calls.push(`xcom ${ref.taskId}`);
      return Promise.resolve((world.xcom ?? []).filter((entry) => entry.taskId === ref.taskId));
    },
    taskUrl: (ref, tryNumber) =>
      `https://airflow.example.org/dags/${ref.dagId}/runs/${ref.runId}/tasks/${ref.taskId}?try_number=${tryNumber}`,
    runUrl: (dagId, runId) => `https://airflow.example.org/dags/${dagId}/runs/${runId}`,
    ...world.airflow,
  };
}

function databricksReader(world: World, calls: string[]): DatabricksReader {
  return {
    connection: "databricks:eu",
    baseUrl: "https://adb-1.example.net",
    whoAmI: () => Promise.resolve("me"),
    run: (runId) => {
      calls.push(`run ${runId}`);
      return must(
        (world.jobRuns ?? []).find((run) => run.runId === runId),
        `Run ${runId}`,
      );
    },
    runOutput: (taskRunId) => {
      calls.push(`output ${taskRunId}`);
      return must(
        (world.outputs ?? []).find((output) => output.taskRunId === taskRunId),
        `Output ${taskRunId}`,
      );
    },
    runs: () => each(world.jobRuns ?? []),
    clusterEvents: (clusterId) => {
      calls.push(`events ${clusterId}`);
      return Promise.resolve([]);
    },
    pipelineEvents: () => Promise.resolve([]),
    runUrl: (run) => `https://adb-1.example.net/jobs/runs/${run.runId}`,
    ...world.databricks,
  };
}

function logAnalyzer(world: World, diagnosed: FailureCase[], opened: (readonly string[])[]): LogAnalyzer {
  const lines = world.logLines ?? Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
  const verdicts = world.verdicts ?? [verdict()];
  return {
    async open(logs) {
      opened.push(logs.map((log) => log.name));
      for (const log of logs) for await (const _ of log.bytes);
      return {
        jobRunCandidates: () => Promise.resolve(world.candidates ?? []),
        diagnose: (facts) => {
          diagnosed.push(facts);
          return Promise.resolve(verdicts[Math.min(diagnosed.length, verdicts.length) - 1] ?? verdict());
        },
        condense: () => Promise.resolve(lines.slice(-3).join("\n")),
        lines: (from, to) =>
          Promise.resolve(lines.slice(from - 1, to).map((text, index) => ({ line: from + index, text }))),
        lineCount: () => Promise.resolve(lines.length),
        close: () => Promise.resolve(),
      };
    },
    close: () => Promise.resolve(),
  };
}

/** Ports over literal data, which note what was asked of them. */
export function createWorld(world: World): Watched {
  const calls: string[] = [];
  const diagnosed: FailureCase[] = [];
  const opened: (readonly string[])[] = [];
  const incidents = world.incidents ?? [];
  const ports: ToolPorts = {
    connections: {
      airflow: new Map([["airflow:prod", { reader: airflowReader(world, calls), writer: null }]]),
      databricks: new Map([["databricks:eu", { reader: databricksReader(world, calls), writer: null }]]),
    },
    analyzer: logAnalyzer(world, diagnosed, opened),
    incidents: {
      get: (id) => Promise.resolve(incidents.find((entry) => entry.id === id) ?? null),
      list: ({ dagId }) => Promise.resolve(incidents.filter((entry) => dagId === undefined || entry.dagId === dagId)),
    },
    proposals: {
      propose: () => Promise.reject(new Error("not in this story")),
      get: () => Promise.resolve(null),
      ofIncident: () => Promise.resolve([]),
    },
    clock: { now: () => new Date(now), sleep: () => Promise.resolve() },
    requester: { kind: "alert" },
    ...world.ports,
  };
  return { ports, diagnosed, opened, calls };
}

export function jobTask(given: Partial<DatabricksTaskRun> & { readonly taskRunId: string }): DatabricksTaskRun {
  return {
    taskKey: "load",
    attempt: 0,
    status: {
      lifeCycle: "TERMINATED",
      result: "FAILED",
      message: null,
      terminationCode: null,
      terminationType: null,
      terminationMessage: null,
      cancelledOrTimedOut: false,
    },
    startedAt: "2026-11-22T02:01:00Z",
    endedAt: "2026-11-22T02:09:00Z",
    durationMs: 480_000,
    clusterId: null,
    kind: "notebook",
    dependsOn: [],
    pageUrl: null,
    iterations: [],
    ...given,
  };
}

export function jobRun(given: Partial<DatabricksRun> & { readonly runId: string }): DatabricksRun {
  return {
    jobId: "7",
    runName: "bikes nightly",
    jobRunId: given.runId,
    status: jobTask({ taskRunId: "0" }).status,
    startedAt: "2026-11-22T02:01:00Z",
    endedAt: "2026-11-22T02:09:00Z",
    durationMs: 480_000,
    runType: "JOB_RUN",
    trigger: "ONE_TIME",
    creator: null,
    pageUrl: null,
    tasks: [],
    repairs: [],
    numberInJob: null,
    idempotencyToken: null,
    ...given,
  };
}

export function jobOutput(taskRunId: string, given: Partial<DatabricksRunOutput> = {}): DatabricksRunOutput {
  return {
    taskRunId,
    error: "boom",
    errorTrace: null,
    logs: null,
    logsTruncated: false,
    notebookResult: null,
    sqlError: null,
    dbtError: null,
    innerRunId: null,
    ...given,
  };
}

export function incident(given: Partial<Incident> & { readonly id: string }): Incident {
  return {
    fingerprint: "f",
    state: "diagnosed",
    connection: "airflow:prod",
    title: "bikes_daily / fetch_trips",
    dagId: "bikes_daily",
    owner: null,
    simulated: false,
    failures: [],
    verdict: verdict(),
    blocked: [],
    links: [],
    proposalId: null,
    noRerunBecause: null,
    openedAt: "2026-11-22T02:30:00Z",
    updatedAt: "2026-11-22T02:30:00Z",
    recoveredAt: null,
    mutedUntil: null,
    earlierIncidentId: null,
    ...given,
  };
}
