import type { ConnectionName } from "../airflow.js";
import { matchesGlob } from "./glob.js";
import type { PolicyTarget } from "./policy-target.js";
import type { Rule } from "./rule.js";

/** `maybe`: something that the rule asks for is not known; such a rule may only tighten. */
export type Match = "yes" | "maybe" | "no";

/** Whether a rule speaks of a target. */
export function matchRule(
  rule: Rule,
  target: PolicyTarget,
  labels: Readonly<Record<ConnectionName, string>> = {},
): Match {
  const environments = [target.environment, ...target.connections.flatMap((name) => labels[name] ?? [])];
  const found = [
    asked(rule.connection, target.connections),
    rule.dag === "*" ? "yes" : asked(rule.dag, target.dagId === null ? [] : [target.dagId]),
    asked(rule.tag, target.tags),
    asked(rule.task, target.task === null ? null : [target.task]),
    asked(rule.category, target.category === null ? null : [target.category]),
    asked(rule.environment, environments),
  ];
  if (found.includes("no")) return "no";
  return found.includes("maybe") ? "maybe" : "yes";
}

/** Whether one of the names fits the pattern; null for names is: nobody knows them. */
function asked(pattern: string | null | undefined, names: readonly string[] | null): Match {
  if (pattern === null || pattern === undefined) return "yes";
  if (names === null) return "maybe";
  return names.some((name) => matchesGlob(pattern, name)) ? "yes" : "no";
}
