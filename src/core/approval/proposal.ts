import type { Plan, PlanFacts } from "../remediation/plan.js";

export type ProposalState = "pending" | "approved" | "denied" | "expired" | "superseded" | "spent";

/** How an execution stands; `uncertain` needs a person. */
export type ExecutionState = "queued" | "running" | "verifying" | "recovered" | "failed" | "refused" | "uncertain";

/** A plan waiting for people, kept on the server; a button carries only `id`. */
export interface Proposal {
  readonly id: string;
  readonly incidentId: string;
  readonly plan: Plan;
  readonly facts: PlanFacts;
  /** SHA-256 (hex) of the RFC 8785 JSON of {plan, facts}. */
  readonly digest: string;
  readonly state: ProposalState;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Ids of who may decide, as the policy said when it was made; looked up afresh on the click. */
  readonly approvers: readonly string[];
  readonly decision: Decision | null;
  readonly execution: Execution | null;
  readonly supersededBy: string | null;
}

export interface Decision {
  readonly verdict: "approved" | "denied";
  readonly personId: string;
  readonly personName: string;
  readonly at: string;
  readonly reason: string | null;
}

/** The trail a card keeps after the click. */
export interface Execution {
  readonly state: ExecutionState;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly trail: readonly TrailLine[];
  /** One sentence for people; null until it ended. */
  readonly outcome: string | null;
}

export interface TrailLine {
  readonly at: string;
  readonly text: string;
}
