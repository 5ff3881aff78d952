import type { DatabricksRun } from "../../core/databricks.js";
import { UpstreamError } from "../../core/errors.js";
import type { Incident } from "../../core/incident.js";
import type { AirflowReader, Connections, DatabricksReader } from "../../core/ports.js";
import { type Readable, readableOf, readablesOf } from "../../core/reading.js";
import type { ToolPorts } from "../ports.js";
import { type HiddenJobs, hiddenJobs } from "./hidden-jobs.js";

/** What one audience may read. */
export type MayRead = (about: Readable) => boolean;

/**
 * The world as one audience may see it: whatever it may not read is refused by its name, whether it is there or not, and
 * missing from every list and count. The one door between tools and what they may show.
 */
export function limitPorts(ports: ToolPorts, mayRead: MayRead): ToolPorts {
  const { incidents, proposals } = ports;
  const isOpen = (incident: Incident): boolean => readablesOf(incident).every(mayRead);
  const find = async (incidentId: string): Promise<Incident | null> => {
    const incident = await incidents.get(incidentId);
    return incident !== null && isOpen(incident) ? incident : null;
  };
  const { openFor } = incidents;
  return {
    ...ports,
    connections: limitConnections(ports.connections, mayRead, async () =>
      (await incidents.list({})).filter((incident) => !isOpen(incident)),
    ),
    incidents: {
      get: find,
      list: async (filter) => (await incidents.list(filter)).filter(isOpen),
      ...(openFor === undefined
        ? {}
        : {
            async openFor(failure) {
              check(readableOf(failure), mayRead);
              return openFor(failure);
            },
          }),
    },
    proposals: {
      async propose(request) {
        if ((await find(request.incidentId)) === null) throw hidden(request.incidentId);
        return proposals.propose(request);
      },
      async get(proposalId) {
        const proposal = await proposals.get(proposalId);
        return proposal !== null && (await find(proposal.incidentId)) !== null ? proposal : null;
      },
      ofIncident: async (incidentId) => ((await find(incidentId)) === null ? [] : proposals.ofIncident(incidentId)),
    },
  };
}

function limitConnections(
  { airflow, databricks }: Connections,
  mayRead: MayRead,
  hidden: () => Promise<readonly Incident[]>,
): Connections {
  return {
    airflow: new Map(
      [...airflow].map(([name, entry]) => [
        name,
        { ...entry, reader: limitAirflow(entry.reader, mayRead), writer: null },
      ]),
    ),
    databricks: new Map(
      [...databricks].map(([name, entry]) => [
        name,
        { ...entry, reader: limitDatabricks(entry.reader, mayRead, hidden), writer: null },
      ]),
    ),
  };
}

function limitAirflow(reader: AirflowReader, mayRead: MayRead): AirflowReader {
  const { connection } = reader;
  const isOpen = ({ dagId }: { readonly dagId: string }): boolean => mayRead({ connection, name: dagId });
  async function to<T>(dagId: string, read: () => Promise<T>): Promise<T> {
    check({ connection, name: dagId }, mayRead);
    return read();
  }
  return {
    connection,
    baseUrl: reader.baseUrl,
    version: () => reader.version(),
    failedTasksEndedSince: (since) => only(reader.failedTasksEndedSince(since), isOpen),
    runsChangedSince: (since, states) => only(reader.runsChangedSince(since, states), isOpen),
    dags: async () => (await reader.dags()).filter(isOpen),
    dag: (dagId) => to(dagId, () => reader.dag(dagId)),
    tasks: (dagId) => to(dagId, () => reader.tasks(dagId)),
    run: (dagId, runId) => to(dagId, () => reader.run(dagId, runId)),
    recentRuns: (dagId, limit) => to(dagId, () => reader.recentRuns(dagId, limit)),
    taskInstances: (dagId, runId) => to(dagId, () => reader.taskInstances(dagId, runId)),
    taskInstance: (ref) => to(ref.dagId, () => reader.taskInstance(ref)),
    recentTaskInstances: (dagId, taskId, limit) => to(dagId, () => reader.recentTaskInstances(dagId, taskId, limit)),
    tries: (ref) => to(ref.dagId, () => reader.tries(ref)),
    taskLog: (ref, tryNumber) => to(ref.dagId, () => reader.taskLog(ref, tryNumber)),
    eventLog: (filter) => to(filter.dagId, () => reader.eventLog(filter)),
    blocking: (ref) => to(ref.dagId, () => reader.blocking(ref)),
    // Its rows name files and quote code, not DAGs: nobody can tell whose they are.
    importFailures: async () => [],
    dagWarnings: (dagId) => to(dagId, () => reader.dagWarnings(dagId)),
    pools: () => reader.pools(),
    xcom: (ref) => to(ref.dagId, () => reader.xcom(ref)),
    assets: (dagId) => to(dagId, () => reader.assets(dagId)),
    taskUrl: (ref, tryNumber) => reader.taskUrl(ref, tryNumber),
    runUrl: (dagId, runId) => reader.runUrl(dagId, runId),
  };
}

function limitDatabricks(
  reader: DatabricksReader,
  mayRead: MayRead,
  hiddenIncidents: () => Promise<readonly Incident[]>,
): DatabricksReader {
  const { connection } = reader;
  let learning: Promise<HiddenJobs> | null = null;
  const others = (): Promise<HiddenJobs> => {
    learning ??= hiddenIncidents().then((incidents) => hiddenJobs(incidents, reader));
    return learning;
  };
  /** Task runs of job runs that were allowed. */
  const opened = new Set<string>();
  async function run(runId: string): ReturnType<DatabricksReader["run"]> {
    const found = await reader.run(runId);
    check({ connection, name: found.runName }, mayRead);
    if ((await others()).has(found)) throw hidden(found.runName ?? "this run");
    // A task's run bears the task's name: the job is asked for its own.
    if (found.jobRunId !== found.runId) await run(found.jobRunId);
    for (const task of found.tasks) opened.add(task.taskRunId);
    return found;
  }
  return {
    connection,
    baseUrl: reader.baseUrl,
    whoAmI: () => reader.whoAmI(),
    run,
    async runOutput(taskRunId) {
      if (!opened.has(taskRunId)) await run(taskRunId);
      return reader.runOutput(taskRunId);
    },
    async *runs(filter) {
      const own = await others();
      const isOpen = (found: DatabricksRun) => mayRead({ connection, name: found.runName }) && !own.has(found);
      yield* only(reader.runs(filter), isOpen);
    },
    clusterEvents: (clusterId, from, to) => reader.clusterEvents(clusterId, from, to),
    pipelineEvents: (pipelineId, from, to) => reader.pipelineEvents(pipelineId, from, to),
    runUrl: (link) => reader.runUrl(link),
  };
}

async function* only<T>(all: AsyncIterable<T>, isOpen: (one: T) => boolean): AsyncIterable<T> {
  for await (const one of all) if (isOpen(one)) yield one;
}

function check(about: Readable, mayRead: MayRead): void {
  if (!mayRead(about)) throw hidden(about.name ?? "this run");
}

/** Reading on goes without it, as where Airflow itself forbids it. */
function hidden(name: string): UpstreamError {
  return new UpstreamError(
    `${name.slice(0, 80)} may not be read about here.`,
    "Ask where its team talks, or have the owner of this installation look at reading in the YAML.",
    "forbidden",
    false,
    false,
  );
}
