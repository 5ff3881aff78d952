import type { ClusterEvent } from "../../core/databricks.js";
import type { DatabricksReader } from "../../core/ports.js";
import type { Query } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { toClusterEvent, toRun, toRunOutput } from "./map.js";
import { readPipelineEvents } from "./pipeline-events.js";
import { digits, readRun } from "./read-run.js";
import { wireClusterEvents, wireMe, wireRunList, wireRunOutput } from "./schema.js";

/** `limit` of runs/list must be "greater than 0 and less than 25". */
const runsPerPage = 24;
const eventsPerPage = 200;
const mostEventPages = 5;

/** Reads of Jobs 2.2 and cluster events. */
export function createDatabricksReader(
  connection: string,
  host: string,
  http: Http,
  credentials: Credentials,
): DatabricksReader {
  const baseUrl = host.replace(/\/$/, "");
  return {
    connection,
    baseUrl,
    whoAmI: () => whoAmI(http, credentials),
    run: (runId) => readRun(http, credentials, runId),
    runOutput: async (taskRunId) => {
      const query = { run_id: digits(taskRunId) };
      return toRunOutput(
        await http.read("/api/2.2/jobs/runs/get-output", wireRunOutput, { query, credentials }),
        taskRunId,
      );
    },
    runs: async function* ({ which, startedAfter, jobId }) {
      let token: string | null = null;
      do {
        const query: Query = {
          ...(which === "active" ? { active_only: true } : { completed_only: true }),
          ...(startedAfter === null ? {} : { start_time_from: startedAfter.getTime() }),
          ...(jobId === undefined ? {} : { job_id: digits(jobId) }),
          ...(token === null ? {} : { page_token: token }),
          limit: runsPerPage,
        };
        const page = await http.read("/api/2.2/jobs/runs/list", wireRunList, { query, credentials });
        yield* page.runs.map(toRun);
        token = page.next_page_token === "" ? null : page.next_page_token;
      } while (token !== null);
    },
    clusterEvents: async (clusterId, from, to) => {
      const events: ClusterEvent[] = [];
      const first = { cluster_id: clusterId, start_time: from.getTime(), end_time: to.getTime(), order: "ASC" };
      let body: object = { ...first, page_size: eventsPerPage };
      for (let page = 0; page < mostEventPages; page += 1) {
        const answer = await http.read("/api/2.1/clusters/events", wireClusterEvents, { body, credentials });
        events.push(...answer.events.map(toClusterEvent));
        // Older servers give the whole next request instead of a token.
        if (answer.next_page_token) body = { ...first, page_size: eventsPerPage, page_token: answer.next_page_token };
        else if (answer.next_page !== null) body = answer.next_page;
        else break;
      }
      return events;
    },
    pipelineEvents: (pipelineId, from, to) => readPipelineEvents(http, credentials, pipelineId, from, to),
    // A link found in a log is only followed into our own workspace.
    runUrl: ({ runId, url }) => (url?.startsWith(`${baseUrl}/`) === true ? url : `${baseUrl}/#job/run/${runId}`),
  };
}

export async function whoAmI(http: Http, credentials: Credentials): Promise<string> {
  const me = await http.read("/api/2.0/preview/scim/v2/Me", wireMe, { credentials });
  return me.userName ?? me.displayName ?? "an account without a name";
}
