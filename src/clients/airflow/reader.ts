import type { AirflowReader } from "../../core/ports.js";
import type { ApiVersion } from "./addresses.js";
import { createReaderV1 } from "./api-v1.js";
import { type ApiDeps, type ApiReader, createReaderV2 } from "./api-v2.js";
import { runPage, taskPage } from "./pages.js";
import type { Probe } from "./probe.js";

export interface ReaderDeps extends ApiDeps {
  readonly connection: string;
  readonly baseUrl: string;
  readonly probe: Probe;
}

/** Reads of one Airflow, 2 or 3: each by the API that the server speaks when it is read. */
export function createAirflowReader({ connection, baseUrl, probe, ...deps }: ReaderDeps): AirflowReader {
  const readers: Readonly<Record<ApiVersion, ApiReader>> = { v1: createReaderV1(deps), v2: createReaderV2(deps) };
  const by = <Value>(call: (reader: ApiReader) => Promise<Value>): Promise<Value> =>
    probe.read((api) => call(readers[api]));

  return {
    connection,
    baseUrl,
    version: () => probe.version(),
    failedTasksEndedSince: (since) => probe.iterate((api) => readers[api].failedTasksEndedSince(since)),
    runsChangedSince: (since, states) => probe.iterate((api) => readers[api].runsChangedSince(since, states)),
    dags: () => by((reader) => reader.dags()),
    dag: (dagId) => by((reader) => reader.dag(dagId)),
    tasks: (dagId) => by((reader) => reader.tasks(dagId)),
    run: (dagId, runId) => by((reader) => reader.run(dagId, runId)),
    recentRuns: (dagId, limit) => by((reader) => reader.recentRuns(dagId, limit)),
    taskInstances: (dagId, runId) => by((reader) => reader.taskInstances(dagId, runId)),
    taskInstance: (ref) => by((reader) => reader.taskInstance(ref)),
    recentTaskInstances: (dagId, taskId, limit) => by((reader) => reader.recentTaskInstances(dagId, taskId, limit)),
    tries: (ref) => by((reader) => reader.tries(ref)),
    taskLog: (ref, tryNumber) => by((reader) => reader.taskLog(ref, tryNumber)),
    eventLog: (filter) => by((reader) => reader.eventLog(filter)),
    blocking: (ref) => by((reader) => reader.blocking(ref)),
    importFailures: () => by((reader) => reader.importFailures()),
    dagWarnings: (dagId) => by((reader) => reader.dagWarnings(dagId)),
    pools: () => by((reader) => reader.pools()),
    assets: (dagId) => by((reader) => reader.assets(dagId)),
    xcom: (ref) => by((reader) => reader.xcom(ref)),
    taskUrl: (ref, tryNumber) => taskPage(baseUrl, probe.lastApi(), ref, tryNumber),
    runUrl: (dagId, runId) => runPage(baseUrl, probe.lastApi(), dagId, runId),
  };
}
