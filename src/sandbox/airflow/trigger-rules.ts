import type { TriggerRule } from "../pipelines/pipeline.js";
import type { TaskStateName } from "../world/state.js";

const ENDED: ReadonlySet<string> = new Set(["success", "failed", "upstream_failed", "skipped", "removed"]);

export function hasEnded(state: TaskStateName | null): boolean {
  return state !== null && ENDED.has(state);
}

/** What the rule makes of the upstream states: run it, wait, or end it without running. */
export function judge(
  rule: TriggerRule,
  upstream: readonly (TaskStateName | null)[],
): "run" | "wait" | "upstream_failed" | "skipped" {
  const failed = upstream.some((state) => state === "failed" || state === "upstream_failed");
  const skipped = upstream.some((state) => state === "skipped");
  const allEnded = upstream.every(hasEnded);
  switch (rule) {
    case "all_success":
      if (failed) return "upstream_failed";
      if (skipped) return "skipped";
      return allEnded ? "run" : "wait";
    case "none_failed":
      if (failed) return "upstream_failed";
      return allEnded ? "run" : "wait";
    case "all_done":
      return allEnded ? "run" : "wait";
    case "one_failed":
      if (failed) return "run";
      return allEnded ? "skipped" : "wait";
  }
}
