import { issueAction } from "../../src/core/approval/issue-action.js";
import type { Decision, Proposal } from "../../src/core/approval/proposal.js";
import { RefusedByPolicy } from "../../src/core/errors.js";
import type { PlannedTask, PlanStep } from "../../src/core/remediation/plan.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { proposalRow } from "../unit/approval/proposal-row.js";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Numbers that look random and are the same in every run. */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** An approved proposal of one to three steps of any kind. */
export function approvedRow(roll: (sides: number) => number): Proposal {
  const blank = proposalRow();
  const steps = Array.from({ length: 1 + roll(3) }, () => stepOf(roll));
  const expiresAt = new Date(Date.parse("2026-03-01T09:00:00Z") + roll(3_600_000)).toISOString();
  const row = proposalRow({
    expiresAt,
    plan: {
      ...blank.plan,
      steps,
      environment: roll(2) === 0 ? "real" : "sandbox",
      requester: roll(2) === 0 ? { kind: "alert" } : { kind: "person", id: `slack:U${roll(99)}`, name: "Somebody" },
      subject: {
        connection: "airflow:test",
        airflow: { dagId: "invoices", runId: `r${roll(999)}`, taskId: "load", mapIndex: -1, tryNumber: 1 + roll(4) },
        databricksRunId: null,
      },
      matchedBy: { category: "network_transient", tags: ["gold"] },
      terms: { quorum: 1 + roll(3), expiresAt },
    },
  });
  const decision: Decision = {
    verdict: "approved",
    personId: "slack:BEN",
    personName: "Ben",
    at: "2026-03-01T08:10:00.000Z",
    reason: null,
    digest: row.digest,
  };
  return { ...row, state: "approved", decision, decisions: [decision] };
}

/** The row with one value of its plan, its facts or its expiry changed. */
export function withOneChange(row: Proposal, roll: (sides: number) => number): Proposal {
  const { plan, facts, expiresAt, ...others } = row;
  const covered = { plan, facts, expiresAt } as unknown as Json;
  const places = leaves(covered, []);
  const place = places[roll(places.length)] ?? [];
  return { ...others, ...(changed(covered, place, roll) as unknown as Pick<Proposal, "plan" | "facts" | "expiresAt">) };
}

/** The same row as another program might have written it: every object's keys in another order. */
export function withKeysReordered(row: Proposal, roll: (sides: number) => number): Proposal {
  return reordered(row as unknown as Json, roll) as unknown as Proposal;
}

/** Whether the row still yields the proof without which no write leaves. */
export function isAccepted(row: Proposal): boolean {
  try {
    issueAction(row, canonicalDigest);
    return true;
  } catch (error) {
    if (error instanceof RefusedByPolicy) return false;
    throw error;
  }
}

function stepOf(roll: (sides: number) => number): PlanStep {
  const connection = "airflow:test";
  const [dagId, runId] = ["invoices", `run ${roll(999)}`];
  const task = (): PlannedTask => ({
    taskId: `task_${roll(50)}`,
    mapIndex: roll(4) - 1,
    rowId: roll(2) === 0 ? null : `row ${roll(999)}`,
    state: "failed",
    tryNumber: 1 + roll(5),
    maxTries: roll(3),
  });
  const kinds: readonly (() => PlanStep)[] = [
    () => ({
      do: "airflow_clear",
      connection,
      dagId,
      runId,
      tasks: [task(), task()],
      runOnLatestVersion: roll(2) === 0 ? null : true,
    }),
    () => ({ do: "airflow_set_success", connection, dagId, runId, task: task(), downstream: [task()] }),
    () => ({ do: "airflow_trigger", connection, dagId, logicalDate: roll(2) === 0 ? null : "2026-03-01T00:00:00Z" }),
    () => ({
      do: "databricks_repair",
      connection: "databricks:test",
      jobId: `${roll(999)}`,
      runId: `${roll(99_999)}`,
      rerunTasks: [`t${roll(9)}`, `u${roll(9)}`],
      latestRepairId: roll(2) === 0 ? null : `${roll(999)}`,
    }),
    () => ({
      do: "databricks_cancel",
      connection: "databricks:test",
      runId: `${roll(999)}`,
      unfinished: [`t${roll(9)}`],
      latestRepairId: null,
    }),
  ];
  return (kinds[roll(kinds.length)] ?? kinds[0] ?? stepOf.bind(null, roll))();
}

function leaves(value: Json, at: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [at];
  const entries = Object.entries(value) as [string, Json][];
  return entries.length === 0 ? [at] : entries.flatMap(([key, inner]) => leaves(inner, [...at, key]));
}

function changed(value: Json, [key, ...rest]: readonly (string | number)[], roll: (sides: number) => number): Json {
  if (key === undefined) return another(value, roll);
  if (Array.isArray(value)) return value.map((item, index) => (`${index}` === key ? changed(item, rest, roll) : item));
  const object = value as { readonly [key: string]: Json };
  // Once in a while the field is gone altogether.
  const entries = Object.entries(object).filter(([name]) => name !== key || rest.length > 0 || roll(8) > 0);
  return Object.fromEntries(entries.map(([name, inner]) => [name, name === key ? changed(inner, rest, roll) : inner]));
}

function another(value: Json, roll: (sides: number) => number): Json {
  if (typeof value === "number") return value + 1 + roll(9);
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return roll(2) === 0 ? `${value} ` : `${value}${roll(9)}`;
  return value === null ? `${roll(9)}` : ["more"];
}

function reordered(value: Json, roll: (sides: number) => number): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => reordered(item, roll));
  const entries = (Object.entries(value) as [string, Json][]).map(([key, inner]) => ({
    entry: [key, reordered(inner, roll)] as const,
    rank: roll(1_000_000),
  }));
  return Object.fromEntries(entries.sort((a, b) => a.rank - b.rank).map(({ entry }) => entry));
}
