import type { Router } from "express";
import { type AssetRow, assetRows } from "../assets.js";
import { ordered, values } from "../queries.js";
import type { AirflowSite } from "../site.js";
import { microTime } from "../times.js";
import { known, rowsOf } from "./query.js";

const MOST_ROWS = 100;

/** Reads of datasets, as assets were called before Airflow 3. */
export function addDatasetRoutes(router: Router, site: AirflowSite): void {
  const { sim } = site;

  router.get("/datasets", (request, response) => {
    const query = known(request.query, ["limit", "offset", "order_by", "uri_pattern", "dag_ids"]);
    // One text with commas, where v2 repeats the parameter.
    const dagIds = (values(query, "dag_ids").at(-1) ?? "").split(",").filter((id) => id !== "");
    const pattern = values(query, "uri_pattern").at(-1);
    const rows = assetRows(sim).filter(
      (row) =>
        (dagIds.length === 0 || dagIds.includes(row.dagId)) && (pattern === undefined || row.uri.includes(pattern)),
    );
    const order = values(query, "order_by");
    const fields = { id: (row: AssetRow) => row.id, uri: (row: AssetRow) => row.uri };
    const sorted = ordered(rows, order.length > 0 ? order : ["id"], fields, "DatasetModel");
    const born = microTime(sim.world.dagRuns[0]?.runAfter ?? sim.world.now).replace("Z", "+00:00");
    const shown = rowsOf(sorted, query, MOST_ROWS).map((row) => datasetView(row, born));
    response.json({ datasets: shown, total_entries: sorted.length });
  });
}

function datasetView({ id, uri, dagId, taskId }: AssetRow, born: string): Record<string, unknown> {
  const times = { created_at: born, updated_at: born };
  return {
    consuming_dags: [],
    extra: {},
    id,
    producing_tasks: [{ dag_id: dagId, task_id: taskId, ...times }],
    uri,
    ...times,
  };
}
