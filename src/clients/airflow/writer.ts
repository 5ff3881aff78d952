import { UpstreamError } from "../../core/errors.js";
import type { AirflowWriter } from "../../core/ports.js";
import type { ApiVersion } from "./addresses.js";
import type { ApiDeps } from "./api-v2.js";
import type { ApiWriter } from "./clear-request.js";
import { dags } from "./map.js";
import type { Probe } from "./probe.js";
import { createWriterV1 } from "./writer-v1.js";
import { createWriterV2 } from "./writer-v2.js";

/** Writes to one Airflow, 2 or 3, with the write credentials. A write is never tried by the other API too. */
export function createAirflowWriter(connection: string, deps: ApiDeps, probe: Probe): AirflowWriter {
  const writers: Readonly<Record<ApiVersion, ApiWriter>> = {
    v1: createWriterV1(connection, deps),
    v2: createWriterV2(connection, deps),
  };
  const dryRunClear: AirflowWriter["dryRunClear"] = (request) => probe.read((api) => writers[api].dryRunClear(request));

  return {
    connection,
    dryRunClear,
    clear: (action, request) => probe.write((api) => writers[api].clear(action, request)),
    setSuccess: (action, ref) => probe.write((api) => writers[api].setSuccess(action, ref)),
    trigger: (action, request) => probe.write((api) => writers[api].trigger(action, request)),
    canWrite: async () => {
      const { http, credentials } = deps;
      const first = (api: ApiVersion) => http.read(`/api/${api}/dags`, dags, { query: { limit: 1 }, credentials });
      const dagId = (await probe.read(first)).items[0]?.dagId;
      if (dagId === undefined) return { ok: true, detail: "signed in; there is no DAG yet to test a dry run with" };
      // A dry run on a run that does not exist: who may clear learns that it is missing, who may not is refused first.
      const nowhere = { dagId, runId: "pipewright-doctor", tasks: [{ taskId: "none", mapIndex: -1 }] };
      try {
        await dryRunClear({ ...nowhere, includeDownstream: false, onlyFailed: true, runOnLatestVersion: null });
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.reason === "forbidden") return { ok: false, detail: `${error.message} ${error.fix}` };
        if (error.reason !== "not_found") throw error;
      }
      return { ok: true, detail: `may clear tasks (dry run on ${dagId})` };
    },
  };
}
