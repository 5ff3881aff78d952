import type { ConnectionName } from "./airflow.js";
import type { Failure } from "./failure.js";
import type { IdentityOf } from "./identity.js";
import type { Incident } from "./incident.js";
import { matchesGlob } from "./remediation/glob.js";

/** Who may read about the DAGs and jobs it matches; null says nothing. Every matching rule must allow it. */
export interface ReadingRule {
  readonly connection: string | null;
  /** A DAG's id, or the name of a Databricks job; a pattern. */
  readonly dag: string | null;
  /** Channels whose members may read it there: `slack:C0FINANCE`, `console:main`. */
  readonly channels: readonly string[] | null;
  /** People who may read it, groups written out. Without channels they may do so in private only. */
  readonly people: readonly string[] | null;
}

/** One DAG or Databricks job; a run of no job has no name. */
export interface Readable {
  readonly connection: ConnectionName;
  readonly name: string | null;
}

/** Who asks, and who hears the answer. */
export interface Audience {
  readonly personId: string;
  /** `slack:C0123ABCD`; null outside of any chat. */
  readonly channel: string | null;
  /** Only the one who asks hears the answer. */
  readonly isPrivate: boolean;
  readonly identityOf: IdentityOf;
}

/** True when somebody may read about it here: both the person and everybody else who would hear it. */
export function mayRead(rules: readonly ReadingRule[], about: Readable, audience: Audience): boolean {
  return rules.filter((rule) => matches(rule, about)).every((rule) => allows(rule, audience));
}

/** True when whatever is said about it may stand in this channel for all its members. */
export function mayStandIn(rules: readonly ReadingRule[], about: Readable, channel: string): boolean {
  return rules.filter((rule) => matches(rule, about)).every((rule) => isFor(rule, channel));
}

/** True when whoever may read about the first may read about the second too: the one may tell of the other. */
export function mayTellOf(
  rules: readonly ReadingRule[],
  first: readonly Readable[],
  second: readonly Readable[],
): boolean {
  const known = new Set(rules.filter((rule) => first.some((about) => matches(rule, about))));
  return rules.every((rule) => known.has(rule) || !second.some((about) => matches(rule, about)));
}

export function readableOf(failure: Failure): Readable {
  const name = failure.kind === "databricks_run" ? failure.jobName : failure.dagId;
  return { connection: failure.connection, name };
}

/** Everything that an incident's cards and evidence tell of. */
export function readablesOf(incident: Pick<Incident, "connection" | "dagId" | "failures">): readonly Readable[] {
  return [{ connection: incident.connection, name: incident.dagId }, ...incident.failures.map(readableOf)];
}

function matches(rule: ReadingRule, { connection, name }: Readable): boolean {
  if (rule.connection !== null && !matchesGlob(rule.connection, connection)) return false;
  if (rule.dag === null || rule.dag === "*") return true;
  return name !== null && matchesGlob(rule.dag, name);
}

function allows(rule: ReadingRule, { personId, channel, isPrivate, identityOf }: Audience): boolean {
  const me = identityOf(personId);
  const isNamed = rule.people?.some((id) => identityOf(id) === me) ?? null;
  if (isNamed === false) return false;
  if (channel !== null && (rule.channels?.includes(channel) ?? false)) return true;
  return isPrivate ? isNamed === true || rule.channels === null : rule.channels === null && rule.people === null;
}

function isFor({ channels, people }: ReadingRule, channel: string): boolean {
  return channels === null ? people === null : channels.includes(channel);
}
