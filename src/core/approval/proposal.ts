import type { Plan, PlanFacts, PlannedTask } from "../remediation/plan.js";

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
  /** Ids of people who asked for this plan in words or by button while it was open; they may not decide it either. */
  readonly askedBy?: readonly string[];
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
  /** The requests of this execution, each written down before it is sent; the latest of a key counts. */
  readonly requests?: readonly SentRequest[];
}

/** One writing request: `intended` may or may not have reached the other side, `done` did, `not_done` is proven not to have. */
export interface SentRequest {
  /** Which request of which step: `0:repair`, `1:set_success`. */
  readonly key: string;
  readonly state: "intended" | "done" | "not_done";
  readonly attempt: number;
  readonly intendedAt: string;
  readonly settledAt: string | null;
  /** What stood there before it was sent; compared when the answer is lost. */
  readonly before: readonly PlannedTask[];
  /** The repair's id. */
  readonly answer: string | null;
}

export interface TrailLine {
  readonly at: string;
  readonly text: string;
}
