import type { ConnectionName } from "../airflow.js";
import { matchesGlob } from "./glob.js";
import type { Plan } from "./plan.js";
import type { Policy, Rule } from "./rule.js";

export type { Policy, Rule } from "./rule.js";

/** What the policy says for one DAG or job. */
export interface Guards {
  readonly allowed: boolean;
  /** Why not, one sentence; null when allowed. */
  readonly refusal: string | null;
  readonly approvers: readonly string[];
  /** How many distinct people must approve. */
  readonly quorum: number;
  readonly fourEyes: boolean;
  readonly maxReruns: number;
  readonly perHours: number;
  readonly coolDownMinutes: number;
  readonly expiresMinutes: number;
  /** null: nobody said whether it is safe to repeat. */
  readonly idempotent: boolean | null;
}

/** The guards of the DAG or job that a plan reruns: an incident may hold failures of many. */
export function guardsForPlan(policy: Policy, { subject }: Pick<Plan, "subject">): Guards {
  return guardsFor(policy, { connection: subject.connection, dagId: subject.airflow?.dagId ?? null });
}

const defaults = { quorum: 1, maxReruns: 2, perHours: 6, coolDownMinutes: 0, expiresMinutes: 60 } as const;

/** The strictest of all matching rules: common approvers, smallest caps, longest waits. A rule that can't be read refuses. */
export function guardsFor(
  policy: Policy,
  target: { readonly connection: ConnectionName; readonly dagId: string | null },
): Guards {
  const unreadable = policy.rules.find((rule) => !isReadable(rule));
  const rules = policy.rules.filter((rule) => isReadable(rule) && applies(rule, target));
  const named = rules.flatMap((rule) => (rule.approvers === null ? [] : [rule.approvers]));
  const approvers = named.length === 0 ? policy.approvers : intersection(named);
  const forbidden = rules.some((rule) => rule.allowed === false);
  const refusal =
    unreadable !== undefined
      ? "A rule of the policy can't be read, so nothing may be rerun until it is corrected."
      : forbidden
        ? `The policy does not allow reruns of ${target.dagId ?? "this job"} on ${target.connection}.`
        : null;
  return {
    allowed: refusal === null,
    refusal,
    approvers: [...new Set(approvers)],
    quorum: largest(rules, "quorum") ?? defaults.quorum,
    fourEyes: rules.some((rule) => rule.fourEyes === true),
    maxReruns: smallest(rules, "maxReruns") ?? defaults.maxReruns,
    perHours: largest(rules, "perHours") ?? defaults.perHours,
    coolDownMinutes: largest(rules, "coolDownMinutes") ?? defaults.coolDownMinutes,
    expiresMinutes: smallest(rules, "expiresMinutes") ?? defaults.expiresMinutes,
    idempotent: idempotence(rules),
  };
}

type Count = "quorum" | "maxReruns" | "perHours" | "coolDownMinutes" | "expiresMinutes";

function values(rules: readonly Rule[], field: Count): readonly number[] {
  return rules.flatMap((rule) => rule[field] ?? []);
}

function smallest(rules: readonly Rule[], field: Count): number | null {
  const all = values(rules, field);
  return all.length === 0 ? null : Math.min(...all);
}

function largest(rules: readonly Rule[], field: Count): number | null {
  const all = values(rules, field);
  return all.length === 0 ? null : Math.max(...all);
}

function idempotence(rules: readonly Rule[]): boolean | null {
  if (rules.some((rule) => rule.idempotent === false)) return false;
  return rules.some((rule) => rule.idempotent === true) ? true : null;
}

function intersection(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists;
  return first.filter((id) => others.every((list) => list.includes(id)));
}

function applies(rule: Rule, target: { readonly connection: ConnectionName; readonly dagId: string | null }): boolean {
  if (rule.connection !== null && !matchesGlob(rule.connection, target.connection)) return false;
  if (rule.dag === null || rule.dag === "*") return true;
  return target.dagId !== null && matchesGlob(rule.dag, target.dagId);
}

function isReadable(rule: Rule): boolean {
  const counts = [rule.quorum ?? null, rule.maxReruns, rule.perHours, rule.coolDownMinutes, rule.expiresMinutes];
  const positive = [rule.quorum ?? null, rule.perHours, rule.expiresMinutes];
  return (
    counts.every((count) => count === null || (Number.isFinite(count) && count >= 0)) &&
    positive.every((count) => count === null || count > 0) &&
    [rule.connection, rule.dag].every((glob) => glob === null || (typeof glob === "string" && glob !== "")) &&
    (rule.approvers === null || Array.isArray(rule.approvers)) &&
    [rule.fourEyes, rule.idempotent, rule.allowed].every((flag) => flag === null || typeof flag === "boolean")
  );
}
