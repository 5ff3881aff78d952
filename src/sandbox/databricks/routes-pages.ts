import type { Router } from "express";
import { page } from "../page.js";
import { runStatusOf, taskRunById } from "./runner.js";
import { type DatabricksSite, jobRunOr400 } from "./site.js";

/** The service's links carry the run behind a `#`, which no server sees: the page there asks for it by its path. */
const FORWARD = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Databricks sandbox</title>
<p>SIMULATED: the sandbox's Databricks workspace.</p>
<script>const run=/run\\/(\\d+)/.exec(location.hash);if(run)location.replace("/runs/"+run[1])</script></html>`;

/** Pages for the links of cards and logs; open, as everything here is made up. */
export function addPageRoutes(router: Router, site: DatabricksSite): void {
  router.get("/", (_request, response) => {
    response.send(FORWARD);
  });
  router.get(["/runs/:runId", "/jobs/:jobId/runs/:runId"], (request, response) => {
    const wanted = String(request.params["runId"]);
    const task = taskRunById(site.sim, wanted);
    const run = task?.run ?? jobRunOr400(site, wanted);
    const { lifeCycle, result, message } = runStatusOf(run);
    const rows = run.attempts.map((attempt): readonly [string, string] => [
      attempt.attempt === 0 ? attempt.taskKey : `${attempt.taskKey} (repair ${attempt.attempt})`,
      `${attempt.result ?? attempt.phase}${attempt.error === null ? "" : `: ${attempt.error}`}`,
    ]);
    const lead = `Run ${run.runId}: ${result ?? lifeCycle}. ${message}`;
    response.send(page({ title: run.runName, lead, rows }));
  });
}
