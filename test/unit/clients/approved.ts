import { type ApprovedAction, mintApprovedAction } from "../../../src/core/approval/approved-action.js";

/** The proof that Ben approved a repair; which plan it is does not matter to a client. */
export function approvedByBen(): ApprovedAction {
  return mintApprovedAction({
    id: "prop-1",
    incidentId: "inc-1",
    plan: {
      schema: 1,
      incidentId: "inc-1",
      environment: "real",
      requester: { kind: "alert" },
      subject: { connection: "airflow:prod", airflow: null, databricksRunId: null },
      steps: [],
      policyVersion: "policy-1",
    },
    facts: {
      willRun: [],
      willNotRun: [],
      dryRunAt: "2026-11-22T02:00:00Z",
      usualSeconds: null,
      alternativeSeconds: null,
      why: "",
      guards: [],
      risk: null,
    },
    digest: "0".repeat(64),
    state: "approved",
    createdAt: "2026-11-22T02:00:00Z",
    expiresAt: "2026-11-22T03:00:00Z",
    approvers: ["slack:U02BEN"],
    decision: {
      verdict: "approved",
      personId: "slack:U02BEN",
      personName: "Ben",
      at: "2026-11-22T02:05:00Z",
      reason: null,
    },
    execution: null,
    supersededBy: null,
  });
}

/** What a failed promise failed with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, but it went well");
}
