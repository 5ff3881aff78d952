import { z } from "zod";
import { InputError } from "../../core/errors.js";
import type { DatabricksWriter } from "../../core/ports.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { exactId } from "../json.js";
import { whoAmI } from "./reader.js";
import { wireRepairAnswer, wireRunNowAnswer } from "./schema.js";

/** Repairs, new runs and cancels with the write credentials. */
export function createDatabricksWriter(connection: string, http: Http, credentials: Credentials): DatabricksWriter {
  return {
    connection,
    repair: async (action, { runId, rerunTasks, latestRepairId }) => {
      if (rerunTasks.length === 0)
        throw new InputError("A repair without tasks was refused; nothing was sent.", "Name the tasks to run again.");
      const body = {
        run_id: exactId(runId),
        rerun_tasks: rerunTasks,
        // The compare-and-set: a repair that somebody else made in between is refused.
        ...(latestRepairId === null ? {} : { latest_repair_id: exactId(latestRepairId) }),
      };
      const options = { method: "POST", body, credentials } as const;
      const answer = await http.write(action, "/api/2.2/jobs/runs/repair", wireRepairAnswer, options);
      return { repairId: answer.repair_id };
    },
    cancel: async (action, runId) => {
      const options = { method: "POST", body: { run_id: exactId(runId) }, credentials } as const;
      await http.write(action, "/api/2.2/jobs/runs/cancel", z.unknown(), options);
    },
    runNow: async (action, { jobId, parameters, idempotencyToken }) => {
      const { job, tasks } = parameters;
      const body = {
        job_id: exactId(jobId),
        idempotency_token: idempotencyToken,
        ...(Object.keys(job).length === 0 ? {} : { job_parameters: job }),
        ...tasks,
      };
      const options = { method: "POST", body, credentials } as const;
      return { runId: (await http.write(action, "/api/2.2/jobs/run-now", wireRunNowAnswer, options)).run_id };
    },
    // Databricks has no dry run of a repair: only its own answer to one says whether "Can Manage Run" was granted.
    canWrite: async () => ({
      ok: true,
      detail: `signed in as ${await whoAmI(http, credentials)}; each job must grant it Can Manage Run`,
    }),
  };
}
