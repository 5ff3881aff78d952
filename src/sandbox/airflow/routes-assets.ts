import type { Router } from "express";
import { answer } from "./answer.js";
import { type AssetRow, assetRows } from "./assets.js";
import { like, ordered, paged, values } from "./queries.js";
import type { AirflowSite } from "./site.js";
import { microTime } from "./times.js";

/** Reads of assets. */
export function addAssetRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;

  router.get("/assets", (request, response) => {
    const { query } = request;
    const dagIds = values(query, "dag_ids");
    const pattern = values(query, "uri_pattern").at(-1);
    const rows = assetRows(sim).filter(
      (row) => (dagIds.length === 0 || dagIds.includes(row.dagId)) && (pattern === undefined || like(row.uri, pattern)),
    );
    const order = values(query, "order_by");
    const fields = { id: (row: AssetRow) => row.id, uri: (row: AssetRow) => row.uri, name: (row: AssetRow) => row.uri };
    const page = paged(ordered(rows, order.length > 0 ? order : ["id"], fields, "AssetModel"), query);
    const born = microTime(sim.world.dagRuns[0]?.runAfter ?? sim.world.now);
    answer(response, { assets: page.rows.map((row) => assetView(row, born)), total_entries: page.total });
  });
}

function assetView({ id, uri, dagId, taskId, updatedAt }: AssetRow, born: string): Record<string, unknown> {
  const times = { created_at: born, updated_at: born };
  return {
    id,
    name: uri,
    uri,
    group: "asset",
    extra: {},
    ...times,
    scheduled_dags: [],
    producing_tasks: [{ dag_id: dagId, task_id: taskId, ...times }],
    consuming_tasks: [],
    aliases: [],
    watchers: [],
    last_asset_event: updatedAt === null ? null : { id, timestamp: microTime(updatedAt) },
  };
}
