import type { Request, Router } from "express";
import { badParameter, DatabricksAnswer } from "./http-error.js";
import { bodyOf, type DatabricksSite, type DatabricksUser, queryText, send } from "./site.js";

/** Clusters and their events. */
export function addClusterRoutes(router: Router, site: DatabricksSite): void {
  router.get("/clusters/get", (request, response) => {
    const cluster = clusterOr400(site, queryText(request, "cluster_id"));
    const ended = cluster.events.findLast((event) => event.type === "TERMINATING")?.details["reason"];
    send(response, {
      cluster_id: cluster.clusterId,
      cluster_name: cluster.name,
      cluster_source: "JOB",
      spark_version: "16.4.x-scala2.12",
      node_type_id: "m5d.xlarge",
      num_workers: 2,
      aws_attributes: { availability: "SPOT", first_on_demand: 0 },
      start_time: cluster.startedAt,
      state: cluster.endedAt === null ? "RUNNING" : "TERMINATED",
      ...(cluster.endedAt === null ? {} : { terminated_time: cluster.endedAt }),
      ...(ended === undefined ? {} : { termination_reason: ended }),
    });
  });

  router.post("/clusters/events", (request, response) => {
    const body = bodyOf(request);
    const cluster = clusterOr400(site, body["cluster_id"]);
    const from = Number(body["start_time"] ?? 0);
    const to = Number(body["end_time"] ?? Number.MAX_SAFE_INTEGER);
    const types = Array.isArray(body["event_types"]) ? body["event_types"] : null;
    const size = Number(body["page_size"] ?? body["limit"] ?? 50);
    if (!(size >= 0 && size <= 500)) throw badParameter("page_size must be between 0 and 500");
    const start = Number(body["page_token"] ?? body["offset"] ?? 0);
    const found = cluster.events
      .filter(
        (event) =>
          event.at >= from &&
          event.at <= Math.min(to, site.sim.world.now) &&
          (types === null || types.length === 0 || types.includes(event.type)),
      )
      .sort((a, b) => (body["order"] === "ASC" ? a.at - b.at : b.at - a.at));
    const rows = found.slice(start, start + size);
    const more = start + rows.length < found.length;
    send(response, {
      events: rows.map((event) => ({
        cluster_id: cluster.clusterId,
        timestamp: event.at,
        type: event.type,
        details: event.details,
      })),
      ...(more ? { next_page_token: String(start + rows.length) } : {}),
      total_count: found.length,
    });
  });
}

function clusterOr400(site: DatabricksSite, id: unknown): DatabricksSite["sim"]["world"]["clusters"][number] {
  const cluster = site.sim.world.clusters.find((candidate) => candidate.clusterId === id);
  if (cluster === undefined) throw badParameter(`Cluster ${String(id)} does not exist`);
  return cluster;
}

/** Who the token belongs to, and what lies at a workspace path. */
export function addWorkspaceRoutes(router: Router, whoIs: (request: Request) => DatabricksUser): void {
  router.get("/preview/scim/v2/Me", (request, response) => {
    const user = whoIs(request);
    send(response, {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      id: user.mayWrite ? "7405612398710002" : "7405612398710001",
      userName: user.userName,
      displayName: user.userName,
      active: true,
      groups: [],
    });
  });

  router.get("/workspace/get-status", (request, response) => {
    const path = queryText(request, "path");
    if (path === null) throw badParameter("Missing required field: path");
    if (path.includes("/missing/")) {
      throw new DatabricksAnswer(404, "RESOURCE_DOES_NOT_EXIST", `Path (${path}) doesn't exist.`);
    }
    send(response, { object_type: "NOTEBOOK", path, language: "PYTHON", object_id: 4_093_317 });
  });
}
