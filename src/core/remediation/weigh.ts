import { type Match, matchRule } from "./match-rule.js";
import type { PolicyTarget } from "./policy-target.js";
import { isReadable } from "./readable-rule.js";
import type { AutoAllow, FreezeWindow, Policy, Rule } from "./rule.js";

/** What the policy says of one thing, and the rules that said so; nobody: it is the default. */
export interface Said<T> {
  readonly value: T;
  readonly by: readonly string[];
}

/** A rule's standing approval. */
export interface Standing extends AutoAllow {
  readonly rule: string;
}

/** What the policy says of one target or of several, guard by guard. */
export interface Weighed {
  /** Why nothing may be rerun; null: it may. */
  readonly refusal: Said<string | null>;
  readonly approvers: Said<readonly string[]>;
  readonly quorum: Said<number>;
  readonly fourEyes: Said<boolean>;
  readonly maxReruns: Said<number>;
  readonly perHours: Said<number>;
  readonly coolDownMinutes: Said<number>;
  readonly expiresMinutes: Said<number>;
  readonly freeze: Said<readonly FreezeWindow[]>;
  readonly idempotent: Said<boolean | null>;
  /** Rules that may approve by themselves, in their order. */
  readonly standing: Said<readonly Standing[]>;
}

/** A rule that matches, or may. */
export interface MatchedRule {
  readonly name: string;
  readonly rule: Rule;
  readonly match: Exclude<Match, "no">;
}

const defaults = { quorum: 1, maxReruns: 2, perHours: 6, coolDownMinutes: 0, expiresMinutes: 60 } as const;
const idempotentTag = "pipewright:idempotent";
const notIdempotentTag = "pipewright:not-idempotent";

type Count = keyof typeof defaults;

export function matchedRules(policy: Policy, target: PolicyTarget): readonly MatchedRule[] {
  return policy.rules.flatMap((rule, index) => {
    if (!isReadable(rule)) return [];
    const match = matchRule(rule, target, policy.labels);
    return match === "no" ? [] : [{ name: nameOf(rule, index), rule, match }];
  });
}

/** The strictest of all rules that match. One that may match only tightens, and one that can't be read refuses. */
export function weigh(policy: Policy, target: PolicyTarget): Weighed {
  const rules = matchedRules(policy, target);
  const idempotent = idempotence(rules, target);
  const quorum = strictest(rules, "quorum", Math.max);
  const unsure = idempotent.value === true ? [] : counts(rules, "quorumUnlessIdempotent");
  return {
    refusal: refusalOf(policy, rules, target),
    approvers: approversOf(policy, rules),
    quorum: pick([...spread(quorum), ...unsure], Math.max),
    fourEyes: flag(rules, ({ rule }) => rule.fourEyes === true),
    maxReruns: strictest(rules, "maxReruns", Math.min),
    perHours: strictest(rules, "perHours", Math.max),
    coolDownMinutes: strictest(rules, "coolDownMinutes", Math.max),
    expiresMinutes: strictest(rules, "expiresMinutes", Math.min),
    freeze: freezeOf(rules),
    idempotent,
    standing: standingOf(rules),
  };
}

interface Voice {
  readonly value: number;
  readonly by: string | null;
}

function counts(rules: readonly MatchedRule[], field: Count | "quorumUnlessIdempotent"): readonly Voice[] {
  return rules.flatMap(({ name, rule }) => {
    const value = rule[field] ?? null;
    return value === null ? [] : [{ value, by: name }];
  });
}

/** Rules that surely match stand in for the default; those that may are heard beside it. */
function strictest(rules: readonly MatchedRule[], field: Count, stricter: (...all: number[]) => number): Said<number> {
  const sure = counts(surely(rules), field);
  const base: readonly Voice[] = sure.length > 0 ? sure : [{ value: defaults[field], by: null }];
  return pick([...base, ...counts(perhaps(rules), field)], stricter);
}

function pick(voices: readonly Voice[], stricter: (...all: number[]) => number): Said<number> {
  const value = stricter(...voices.map((voice) => voice.value));
  return { value, by: voices.flatMap((voice) => (voice.value === value && voice.by !== null ? [voice.by] : [])) };
}

function spread({ value, by }: Said<number>): readonly Voice[] {
  return by.length === 0 ? [{ value, by: null }] : by.map((name) => ({ value, by: name }));
}

function approversOf(policy: Policy, rules: readonly MatchedRule[]): Said<readonly string[]> {
  const named = rules.filter(({ rule }) => (rule.approvers ?? null) !== null);
  const lists = named.map(({ rule }) => rule.approvers ?? []);
  const all = surely(named).length > 0 ? lists : [policy.approvers, ...lists];
  const [first = [], ...others] = all;
  const common = first.filter((id) => others.every((list) => list.includes(id)));
  return { value: [...new Set(common)], by: named.map(({ name }) => name) };
}

function refusalOf(policy: Policy, rules: readonly MatchedRule[], target: PolicyTarget): Said<string | null> {
  const unreadable = policy.rules.flatMap((rule, index) => (isReadable(rule) ? [] : [nameOf(rule, index)]));
  if (unreadable.length > 0) {
    const value = "A rule of the policy can't be read, so nothing may be rerun until it is corrected.";
    return { value, by: unreadable };
  }
  const by = rules.flatMap(({ name, rule }) => (rule.allowed === false ? [name] : []));
  const where = target.connections.join(" and ");
  const value =
    by.length === 0 ? null : `The policy does not allow reruns of ${target.dagId ?? "this job"} on ${where}.`;
  return { value, by };
}

function freezeOf(rules: readonly MatchedRule[]): Said<readonly FreezeWindow[]> {
  const freezing = rules.filter(({ rule }) => (rule.freeze ?? []).length > 0);
  return { value: freezing.flatMap(({ rule }) => rule.freeze ?? []), by: freezing.map(({ name }) => name) };
}

/** The owner of a DAG may say it there, too, by a tag. */
function idempotence(rules: readonly MatchedRule[], target: PolicyTarget): Said<boolean | null> {
  const tagged = (tag: string): readonly string[] => (target.tags?.includes(tag) === true ? [`tag ${tag}`] : []);
  const said = (list: readonly MatchedRule[], value: boolean): readonly string[] =>
    list.flatMap(({ name, rule }) => (rule.idempotent === value ? [name] : []));
  const against = [...said(rules, false), ...tagged(notIdempotentTag)];
  if (against.length > 0) return { value: false, by: against };
  const by = [...said(surely(rules), true), ...tagged(idempotentTag)];
  return { value: by.length > 0 ? true : null, by };
}

function standingOf(rules: readonly MatchedRule[]): Said<readonly Standing[]> {
  const never = rules.flatMap(({ name, rule }) => (rule.autoAllow === false ? [name] : []));
  if (never.length > 0) return { value: [], by: never };
  const value = surely(rules).flatMap(({ name, rule }) => (rule.autoAllow ? [{ ...rule.autoAllow, rule: name }] : []));
  return { value, by: value.map(({ rule }) => rule) };
}

function flag(rules: readonly MatchedRule[], holds: (matched: MatchedRule) => boolean): Said<boolean> {
  const by = rules.filter(holds).map(({ name }) => name);
  return { value: by.length > 0, by };
}

function surely(rules: readonly MatchedRule[]): readonly MatchedRule[] {
  return rules.filter(({ match }) => match === "yes");
}

function perhaps(rules: readonly MatchedRule[]): readonly MatchedRule[] {
  return rules.filter(({ match }) => match === "maybe");
}

function nameOf(rule: Rule, index: number): string {
  return rule.name ?? `rule ${index + 1}`;
}
