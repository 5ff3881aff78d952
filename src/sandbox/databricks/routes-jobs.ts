import type { Request, Router } from "express";
import { asRecord, wholeNumber } from "../json.js";
import { drawJobId } from "../world/random.js";
import { badParameter } from "./http-error.js";
import { pageOf } from "./paging.js";
import { bodyOf, type DatabricksSite, jobOr400, queryText, send } from "./site.js";
import { jobView } from "./views.js";

/** Jobs: reads and settings. */
export function addJobRoutes(router: Router, site: DatabricksSite, whoIs: (request: Request) => string): void {
  const { world } = site.sim;

  router.get("/jobs/list", (request, response) => {
    const name = queryText(request, "name");
    const jobs = world.jobs.filter(
      (job) => name === null || String(job.settings["name"]).toLowerCase() === name.toLowerCase(),
    );
    const token = queryText(request, "page_token") ?? offsetToken(queryText(request, "offset"));
    const page = pageOf(jobs, queryText(request, "limit"), token, { fallback: 20, most: 100 });
    const expand = queryText(request, "expand_tasks")?.toLowerCase() === "true";
    send(response, {
      ...(page.rows.length > 0 ? { jobs: page.rows.map((job) => jobView(job, expand)) } : {}),
      has_more: page.next !== null,
      ...(page.next === null ? {} : { next_page_token: page.next }),
      ...(page.previous === null ? {} : { prev_page_token: page.previous }),
    });
  });

  router.get("/jobs/get", (request, response) => {
    send(response, jobView(jobOr400(site, queryText(request, "job_id")), true));
  });

  router.post("/jobs/create", async (request, response) => {
    const settings = bodyOf(request);
    const jobId = drawJobId(world);
    world.jobs.push({
      jobId,
      settings: { name: "Untitled", format: "MULTI_TASK", max_concurrent_runs: 1, ...settings },
      createdAt: world.now,
      creator: whoIs(request),
    });
    await site.keep();
    send(response, { job_id: wholeNumber(jobId) });
  });

  router.post("/jobs/reset", async (request, response) => {
    const body = bodyOf(request);
    const job = jobOr400(site, body["job_id"]);
    const settings = asRecord(body["new_settings"]);
    if (settings === null) throw badParameter("Missing required field: new_settings");
    job.settings = settings;
    await site.keep();
    send(response, {});
  });

  router.post("/jobs/update", async (request, response) => {
    const body = bodyOf(request);
    const job = jobOr400(site, body["job_id"]);
    job.settings = { ...job.settings, ...(asRecord(body["new_settings"]) ?? {}) };
    await site.keep();
    send(response, {});
  });

  router.post("/jobs/delete", async (request, response) => {
    const job = jobOr400(site, bodyOf(request)["job_id"]);
    world.jobs.splice(world.jobs.indexOf(job), 1);
    await site.keep();
    send(response, {});
  });
}

/** Jobs 2.1 also pages by offset. */
function offsetToken(offset: string | null): string | null {
  return offset === null ? null : Buffer.from(offset).toString("base64url");
}
