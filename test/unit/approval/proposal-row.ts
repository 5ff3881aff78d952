import type { Proposal } from "../../../src/core/approval/proposal.js";
import type { Person } from "../../../src/core/person.js";
import { canonicalDigest } from "../../../src/store/canonical-digest.js";

export const at = "2026-03-01T08:00:00.000Z";

export function member(id: string, more: Partial<Person> = {}): Person {
  return { id, platform: "slack", displayName: id.slice(6), standing: "member", ...more };
}

export function proposalRow(more: Partial<Proposal> = {}): Proposal {
  const plan: Proposal["plan"] = {
    schema: 1,
    incidentId: "inc_1",
    environment: "real",
    requester: { kind: "alert" },
    subject: { connection: "airflow:test", airflow: null, databricksRunId: null },
    steps: [
      {
        do: "airflow_clear",
        connection: "airflow:test",
        dagId: "invoices",
        runId: "manual__1",
        tasks: [{ taskId: "load", mapIndex: -1, rowId: "r1", state: "failed", tryNumber: 1, maxTries: 0 }],
        runOnLatestVersion: null,
      },
    ],
    policyVersion: "v1",
  };
  const facts: Proposal["facts"] = {
    willRun: ["load"],
    willNotRun: [],
    dryRunAt: at,
    usualSeconds: null,
    alternativeSeconds: null,
    why: "",
    guards: [],
    risk: null,
  };
  const row: Proposal = {
    id: "pro_1",
    incidentId: "inc_1",
    plan,
    facts,
    digest: "",
    state: "pending",
    createdAt: at,
    expiresAt: "2026-03-01T09:00:00.000Z",
    approvers: ["slack:BEN", "slack:CLEO"],
    decision: null,
    execution: null,
    supersededBy: null,
    ...more,
  };
  return more.digest === undefined ? { ...row, digest: canonicalDigest.of({ plan: row.plan, facts: row.facts }) } : row;
}
