import type { Router } from "express";
import { page } from "../page.js";
import { type AirflowSite, dagOr404, definitionOr404, instanceOr404, param, runOr404 } from "./site.js";
import { writeTaskLog } from "./task-log.js";

const RUN = "/dags/:dagId/runs/:runId";

/** Pages at the addresses of Airflow's own interface, so that a card's link shows something; open, as everything here is made up. */
export function addPageRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;

  router.get("/dags/:dagId", (request, response) => {
    const dag = dagOr404(site, param(request, "dagId"));
    const runs = sim.world.dagRuns
      .filter((run) => run.dagId === dag.dagId)
      .slice(-15)
      .reverse();
    const rows = runs.flatMap((run): (readonly [string, string])[] => [
      [run.runId, run.state],
      ["", `/dags/${dag.dagId}/runs/${encodeURIComponent(run.runId)}`],
    ]);
    response.send(page({ title: dag.dagId, lead: dag.description, rows }));
  });

  router.get(RUN, (request, response) => {
    const run = runOr404(site, param(request, "dagId"), param(request, "runId"));
    const rows = run.tasks.map((task): readonly [string, string] => [
      task.mapIndex >= 0 ? `${task.taskId}[${task.mapIndex}]` : task.taskId,
      task.state ?? "none",
    ]);
    response.send(page({ title: run.dagId, lead: `${run.runId}: ${run.state}`, rows }));
  });

  for (const path of [`${RUN}/tasks/:taskId`, `${RUN}/tasks/:taskId/mapped/:mapIndex`]) {
    router.get(path, (request, response) => {
      const [dagId, runId, taskId] = [param(request, "dagId"), param(request, "runId"), param(request, "taskId")];
      const { run, task } = instanceOr404(site, dagId, runId, taskId, Number(request.params["mapIndex"] ?? -1));
      const wanted = Number(request.query["try_number"] ?? task.tries.at(-1)?.tryNumber ?? 0);
      const attempt = task.tries.find((one) => one.tryNumber === wanted);
      const context = attempt === undefined ? null : { world: sim.world, run, task, attempt };
      const definition = definitionOr404(site, dagId, taskId);
      const lines = context === null ? [] : writeTaskLog(sim, definition, context, site.workspaceUrl);
      response.send(
        page({
          title: `${dagId} / ${taskId}`,
          lead: `${runId}: ${task.state ?? "none"}, try ${task.tryNumber} of ${task.maxTries + 1}`,
          text: lines.map(logLine).join("\n"),
        }),
      );
    });
  }
}

function logLine(record: Readonly<Record<string, unknown>>): string {
  const detail = record["error_detail"];
  const errors = Array.isArray(detail)
    ? detail.map((one: Record<string, unknown>) => `\n    ${String(one["exc_type"])}: ${String(one["exc_value"])}`)
    : [];
  return `[${String(record["timestamp"])}] ${String(record["level"]).toUpperCase()} - ${String(record["event"])}${errors.join("")}`;
}
