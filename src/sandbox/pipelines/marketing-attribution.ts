import type { PythonException } from "../world/state.js";
import type { Pipeline, TaskContext, TaskDefinition } from "./pipeline.js";

const DAG = "marketing_attribution";

const NOT_INSTALLED: PythonException = {
  type: "ModuleNotFoundError",
  message: "No module named 'rapidfuzz'",
  frames: [
    { file: "dags/marketing_attribution.py", line: 46, name: "stitch_touchpoints" },
    { file: "dags/attribution/touchpoints.py", line: 7, name: "<module>" },
  ],
};

function missing({ world }: TaskContext): boolean {
  return world.healthy[DAG] === false;
}

/** A task that only says that it did its work. */
function step(taskId: string, line: number, said: string, downstream: readonly string[]): TaskDefinition {
  return {
    taskId,
    downstream,
    work: {
      kind: "python",
      usualMs: 2_000,
      line,
      lines: () => [{ afterMs: 900, text: said, logger: "marketing.attribution" }],
    },
  };
}

/** Marketing: which channel earned which order. One task imports a package that an image without it does not have. */
export const marketingAttribution: Pipeline = {
  dagId: DAG,
  description: "Orders attributed to the channels that earned them",
  owners: ["marketing-data"],
  tags: ["marketing"],
  cron: "0 5 * * *",
  cronWords: "At 05:00",
  everyMs: 86_400_000,
  offsetMs: 5 * 3_600_000,
  faults: [
    {
      id: "marketing_attribution:package_missing",
      dagId: DAG,
      title: "Take a package from marketing_attribution's image",
      description:
        "One task cannot import rapidfuzz and five behind it never run; no rerun helps until it is installed.",
      leadMs: 13_000,
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
    step("pull_ad_spend", 19, "Read the spend of 9 ad accounts", ["stitch_touchpoints"]),
    step("pull_web_sessions", 31, "Read 204118 sessions of the last 30 days", ["stitch_touchpoints"]),
    {
      taskId: "stitch_touchpoints",
      downstream: ["fit_attribution"],
      work: {
        kind: "python",
        usualMs: 3_500,
        line: 43,
        lines: ({ attempt }) => [
          { afterMs: 500, text: "Stitching sessions to 611 campaigns", logger: "marketing.attribution" },
          ...(attempt.endedAt !== null && attempt.failure === null
            ? [{ afterMs: 2_900, text: "Stitched 181402 touchpoints", logger: "marketing.attribution" }]
            : []),
        ],
        failure: (context) => (missing(context) ? NOT_INSTALLED : null),
        failAt: ({ run, task }) => (task.tryNumber === 1 ? (run.fault?.failAt ?? null) : null),
      },
    },
    step("fit_attribution", 66, "Fitted 12 channels", ["score_channels", "split_budget"]),
    step("score_channels", 81, "Scored 12 channels", ["write_report"]),
    step("split_budget", 97, "Proposed shares for 12 channels", ["write_report"]),
    step("write_report", 112, "Wrote the report of the day", ["publish_attribution"]),
    step("publish_attribution", 128, "Published marketing.attribution_daily", []),
  ],
};
