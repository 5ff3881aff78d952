import { afterAll, beforeAll, expect, it } from "vitest";
import { ben, type Company, openCompany } from "../fixtures/simulated-company.js";

/** The same company on Airflow 2.11: found, diagnosed and rerun over API v1. */
let company: Company;

beforeAll(async () => {
  company = await openCompany(2);
}, 80_000);

afterAll(() => company?.close());

it("has a diagnosis for each of the six that broke, from the logs as Airflow 2 writes them", async () => {
  const found = (await company.incidents()).map(({ title, verdict }) => [title, verdict?.category]);
  expect(Object.fromEntries(found)).toEqual({
    "orders_daily / load_orders": "compute_failure",
    "customer_360 / merge_customers": "schema_drift",
    "inventory_sync / wait_for_stock_levels": "missing_upstream_data",
    "payments_recon / check_settlements": "data_quality",
    "marketing_attribution / stitch_touchpoints": "dependency_failure",
    "clickstream_hourly / fetch_events": "network_transient",
  });
});

it("clears the three map indexes of clickstream_hourly that failed, no other, and sees it recover", async () => {
  const [step] = await company.stepsOf("clickstream_hourly");
  const runId = step?.do === "airflow_clear" ? step.runId : "";
  await approve("clickstream_hourly");
  const tasks = await company.core.connections.airflow
    .get("airflow:sandbox")
    ?.reader.taskInstances("clickstream_hourly", runId);
  const again = tasks?.filter(({ taskId, tryNumber }) => taskId === "fetch_events" && tryNumber > 2);
  expect(again?.map(({ mapIndex }) => mapIndex).sort((a, b) => a - b)).toEqual([3, 7, 19]);
  expect(tasks?.every(({ state, id }) => state === "success" && id === null)).toBe(true);
});

it("repairs the one Databricks task of orders_daily, marks the Airflow task done and carries on", async () => {
  expect((await company.stepsOf("orders_daily")).map((step) => step.do)).toEqual([
    "databricks_repair",
    "airflow_set_success",
  ]);
  await approve("orders_daily");
});

it("links to the grid, which is where Airflow 2 shows a task", () => {
  const links = company.chat.messages.map(({ card }) => JSON.stringify(card)).join("\n");
  expect(links).toContain("/dags/orders_daily/grid?dag_run_id=");
});

async function approve(dagId: string): Promise<void> {
  const { proposalId } = await company.incidentOf(dagId);
  const thread = { platform: "slack", address: {} };
  await company.chat.events?.take({
    kind: "decision",
    eventId: `approve ${dagId}`,
    person: ben,
    proposalId: proposalId ?? "",
    verdict: "approved",
    reason: null,
    thread,
  });
  await company.until(`${dagId} recovers`, async () => (await company.incidentOf(dagId)).state === "recovered");
}
