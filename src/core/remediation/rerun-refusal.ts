import type { Requester } from "../person.js";
import type { Category, Verdict } from "../verdict.js";

/** Why no rerun is proposed, and whose move it is. */
export interface RerunRefusal {
  readonly because: string;
  readonly fix: string;
}

const mustChange: Readonly<Partial<Record<Category, string>>> = {
  schema_drift: "A rerun can't help: the data has another shape than the code expects.",
  data_quality: "A rerun can't help: the data itself is wrong.",
  transformation_error: "A rerun can't help: the code fails on this data every time.",
  dependency_failure: "A rerun can't help: something the task needs is missing or broken.",
  permission: "A rerun can't help: access is refused.",
  configuration: "A rerun can't help: a setting is wrong or missing.",
};

/** Why nothing can be sent to a workspace, and whose move it is. */
export function noDatabricksWriter(connection: string): readonly [string, string] {
  return [
    `The Databricks run must be acted on, and ${connection} has no write credentials: it is diagnosed only.`,
    "Repair the run in Databricks, or have write credentials configured.",
  ];
}

/** What the diagnosis says against a rerun; null when one may help. Only a person can say that the cause was fixed. */
export function rerunRefusal(
  verdict: Verdict,
  asked: { readonly requester: Requester; readonly afterFix: boolean },
): RerunRefusal | null {
  const { category, rerunHelps, nextStep: fix } = verdict;
  const byPerson = asked.requester.kind === "person";
  if (verdict.outcome === "no_failure") return { because: "The run is fine; there is nothing to rerun.", fix };
  if (asked.afterFix && byPerson) return null;
  if (verdict.outcome === "abstained" || category === null || category === "unknown") {
    return { because: "The cause isn't known yet, so a rerun would be a guess.", fix };
  }
  if (category === "missing_upstream_data") {
    return { because: "The input is not there yet; a rerun now would fail again.", fix };
  }
  const change = mustChange[category];
  if (change !== undefined) return { because: change, fix };
  if (rerunHelps === "no") return { because: "A rerun alone would fail again.", fix };
  if (byPerson) return null;
  if (category === "cancelled")
    return { because: "Somebody or a rule stopped this run; whether it should run again is theirs to say.", fix };
  if (rerunHelps === "unsure") return { because: "It isn't certain that a rerun helps.", fix };
  return null;
}
