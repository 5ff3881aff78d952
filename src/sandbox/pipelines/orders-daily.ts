import type { FaultDefinition, Pipeline } from "./pipeline.js";
import { SPOT_LOSS } from "./spot-loss.js";

const JOB = "orders_daily_load";
const NOTEBOOKS = "/Workspace/Repos/data-sales/orders/notebooks";
const FINAL_POLL_MS = 1_500;

const faults: readonly FaultDefinition[] = [
  {
    id: "orders_daily:spot_loss",
    dagId: "orders_daily",
    title: "Take the spot driver of orders_daily",
    description: "The last of five Databricks tasks loses its driver; repairing that one task helps.",
    leadMs: 46_000,
  },
  {
    id: "orders_daily:spot_loss_twice",
    dagId: "orders_daily",
    title: "Take the spot driver of orders_daily twice",
    description: "The driver is lost again during the first repair; the second repair helps.",
    leadMs: 46_000,
  },
];

/** Orders: a plain run-now operator starts a Databricks job of five tasks, the marts are built from its table. */
export const ordersDaily: Pipeline = {
  dagId: "orders_daily",
  description: "Yesterday's orders into the lakehouse, and the marts built on them",
  owners: ["data-sales"],
  tags: ["sales", "tier-1", "pipewright:idempotent"],
  cron: "0 2 * * *",
  cronWords: "At 02:00",
  everyMs: 86_400_000,
  offsetMs: 2 * 3_600_000,
  faults,
  jobs: [
    {
      name: JOB,
      runType: "job",
      tasks: [
        { taskKey: "ingest", dependsOn: [], notebook: `${NOTEBOOKS}/ingest`, usualMs: 5_000, result: "48211 rows" },
        { taskKey: "clean", dependsOn: ["ingest"], notebook: `${NOTEBOOKS}/clean`, usualMs: 6_000 },
        { taskKey: "dedupe", dependsOn: ["clean"], notebook: `${NOTEBOOKS}/dedupe`, usualMs: 4_000 },
        { taskKey: "enrich", dependsOn: ["clean"], notebook: `${NOTEBOOKS}/enrich`, usualMs: 7_000 },
        { taskKey: "aggregate", dependsOn: ["dedupe", "enrich"], notebook: `${NOTEBOOKS}/aggregate`, usualMs: 18_000 },
      ],
    },
  ],
  tasks: [
    {
      taskId: "extract_orders",
      downstream: ["load_orders"],
      work: {
        kind: "python",
        usualMs: 4_000,
        line: 21,
        lines: () => [
          {
            afterMs: 900,
            text: "Exporting orders from the shop database, snapshot isolation on",
            logger: "orders.export",
          },
          {
            afterMs: 3_400,
            text: "Wrote 48211 rows to s3://acme-landing/orders/ in 12 files",
            logger: "orders.export",
          },
        ],
        returns: () => 48_211,
      },
    },
    {
      taskId: "load_orders",
      downstream: ["build_marts"],
      work: {
        kind: "run-now",
        name: JOB,
        pollSeconds: 2,
        planned: ({ run, task }) => {
          const struck = run.fault?.id.startsWith("orders_daily:spot_loss") === true && task.tryNumber === 1;
          if (run.fault === null || !struck) return {};
          const attempts = run.fault.id === "orders_daily:spot_loss_twice" ? 2 : 1;
          return { aggregate: { attempts, failAt: run.fault.failAt - FINAL_POLL_MS, failure: SPOT_LOSS } };
        },
      },
    },
    {
      taskId: "build_marts",
      downstream: ["publish"],
      mapped: { how: "known", labels: ["sales_by_region", "sales_by_product"] },
      work: {
        kind: "python",
        usualMs: 4_000,
        line: 44,
        opKwargs: (index) => ({ mart: ["sales_by_region", "sales_by_product"][index] ?? "sales_by_region" }),
        lines: ({ task }) => [
          {
            afterMs: 1_100,
            text: `Rebuilding mart ${["sales_by_region", "sales_by_product"][task.mapIndex] ?? ""} from silver.orders`,
            logger: "orders.marts",
          },
        ],
      },
    },
    {
      taskId: "publish",
      outlet: "s3://acme-marts/orders/daily",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 2_000,
        line: 58,
        lines: () => [{ afterMs: 900, text: "Refreshed 2 published views", logger: "orders.publish" }],
      },
    },
  ],
};
