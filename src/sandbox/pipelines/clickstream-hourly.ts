import type { PythonException } from "../world/state.js";
import type { Pipeline, TaskContext } from "./pipeline.js";

const DAG = "clickstream_hourly";
const HOST = "collector-eu.clickstream.example";
const STRUCK: ReadonlySet<number> = new Set([3, 7, 19]);
const SHARDS: readonly string[] = Array.from({ length: 20 }, (_, index) => `shard-${String(index).padStart(2, "0")}`);
const RETRIES = 1;

function struck({ run, task }: TaskContext): boolean {
  return run.fault?.id === "clickstream_hourly:http_503" && STRUCK.has(task.mapIndex) && task.tryNumber <= RETRIES + 1;
}

function unavailable(mapIndex: number): PythonException {
  const shard = SHARDS[mapIndex] ?? "";
  return {
    type: "HTTPError",
    message: `503 Server Error: Service Unavailable for url: https://${HOST}/v2/export?shard=${shard}`,
    frames: [
      { file: "dags/clickstream_hourly.py", line: 31, name: "fetch_events" },
      { file: "site-packages/requests/models.py", line: 1167, name: "raise_for_status" },
    ],
  };
}

/** Clicks: twenty shards are fetched by mapped tasks from a collector that is not always up. */
export const clickstreamHourly: Pipeline = {
  dagId: DAG,
  description: "Click events of the hour from twenty collector shards",
  owners: ["web-analytics"],
  tags: ["clickstream"],
  cron: "0 * * * *",
  cronWords: "Every hour",
  everyMs: 3_600_000,
  offsetMs: 0,
  faults: [
    {
      id: "clickstream_hourly:http_503",
      dagId: DAG,
      title: "Let the click collector answer 503",
      description: "Three of twenty mapped tasks get HTTP 503, retry included; clearing those three helps.",
      leadMs: 17_000,
    },
  ],
  jobs: [],
  tasks: [
    {
      taskId: "list_shards",
      downstream: ["fetch_events"],
      work: {
        kind: "python",
        usualMs: 1_500,
        line: 14,
        lines: () => [{ afterMs: 700, text: "20 shards listed", logger: "clickstream" }],
        returns: () => SHARDS,
      },
    },
    {
      taskId: "fetch_events",
      downstream: ["sessionize"],
      retries: RETRIES,
      retryDelayMs: 3_000,
      mapped: { how: "expanded", labels: SHARDS },
      work: {
        kind: "python",
        usualMs: 3_000,
        line: 22,
        opKwargs: (index) => ({ shard: SHARDS[index] ?? "" }),
        lines: (context) => [
          {
            afterMs: 600,
            text: `GET https://${HOST}/v2/export?shard=${SHARDS[context.task.mapIndex] ?? ""}`,
            logger: "clickstream",
          },
          ...(context.attempt.failure === null && context.attempt.endedAt !== null
            ? [{ afterMs: 1_900, text: "Saved 1 part file", logger: "clickstream" }]
            : []),
        ],
        failure: (context) => (struck(context) ? unavailable(context.task.mapIndex) : null),
        failAt: (context) => (context.task.tryNumber > RETRIES ? (context.run.fault?.failAt ?? null) : null),
      },
    },
    {
      taskId: "sessionize",
      downstream: ["publish_sessions"],
      work: {
        kind: "python",
        usualMs: 3_000,
        line: 38,
        lines: () => [{ afterMs: 1_200, text: "20 part files joined into sessions", logger: "clickstream" }],
      },
    },
    {
      taskId: "publish_sessions",
      outlet: "s3://acme-marts/clickstream/sessions",
      downstream: [],
      work: {
        kind: "python",
        usualMs: 1_500,
        line: 46,
        lines: () => [{ afterMs: 600, text: "Partition published", logger: "clickstream" }],
      },
    },
  ],
};
