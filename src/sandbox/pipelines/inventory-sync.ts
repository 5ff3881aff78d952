import { isoDay } from "./days.js";
import type { Pipeline, TaskContext } from "./pipeline.js";

const DAG = "inventory_sync";
const BUCKET = "acme-landing";
const POKE_SECONDS = 30;
const TIMEOUT_SECONDS = 900;
/** From the run's start to the sensor's last look, the scheduler's own time included. */
const LEAD_MS = TIMEOUT_SECONDS * 1_000 + 1_700;

/** The partition of the day before the run's. */
function partition({ run }: TaskContext): string {
  return `wms/stock_levels/dt=${isoDay(run, -1)}`;
}

/** Stock: the warehouse system delivers yesterday's levels as a partition; a sensor waits for it. */
export const inventorySync: Pipeline = {
  dagId: DAG,
  description: "Stock levels of the warehouses, once yesterday's partition is there",
  owners: ["data-supply"],
  tags: ["supply"],
  cron: "45 2 * * *",
  cronWords: "At 02:45",
  everyMs: 86_400_000,
  offsetMs: 165 * 60_000,
  faults: [
    {
      id: "inventory_sync:partition_missing",
      dagId: DAG,
      title: "Hold back the partition inventory_sync waits for",
      description: "Yesterday's stock levels do not arrive and the sensor gives up; a rerun works once they are there.",
      leadMs: LEAD_MS,
      strike: (world) => {
        world.healthy[DAG] = false;
      },
      heal: (world) => {
        world.healthy[DAG] = true;
      },
    },
  ],
  jobs: [],
  tasks: [
    {
      taskId: "wait_for_stock_levels",
      downstream: ["load_stock_levels"],
      work: {
        kind: "sensor",
        bucket: BUCKET,
        key: (context) => `${partition(context)}/_SUCCESS`,
        connectionId: "aws_landing",
        pokeSeconds: POKE_SECONDS,
        timeoutSeconds: TIMEOUT_SECONDS,
        arrived: ({ world }) => world.healthy[DAG] !== false,
      },
    },
    {
      taskId: "load_stock_levels",
      downstream: ["net_reservations"],
      work: {
        kind: "python",
        usualMs: 3_500,
        line: 29,
        lines: (context) => [
          {
            afterMs: 600,
            text: `Reading s3://${BUCKET}/${partition(context)}/ (14 part files)`,
            logger: "supply.stock",
          },
          { afterMs: 2_800, text: "Loaded 63904 stock levels of 14 warehouses", logger: "supply.stock" },
        ],
        returns: () => 63_904,
      },
    },
    {
      taskId: "net_reservations",
      downstream: ["publish_availability"],
      work: {
        kind: "python",
        usualMs: 2_500,
        line: 47,
        lines: () => [{ afterMs: 1_100, text: "Subtracted 8120 open reservations", logger: "supply.stock" }],
      },
    },
    {
      taskId: "publish_availability",
      outlet: "s3://acme-marts/supply/availability",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 1_500,
        line: 61,
        lines: () => [{ afterMs: 700, text: "Published supply.availability", logger: "supply.publish" }],
      },
    },
  ],
};
