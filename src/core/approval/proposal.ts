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
  /** The decision that settled it: the approval that made the quorum full, or the denial; null while it waits. */
  readonly decision: Decision | null;
  /** Every decision that was taken, oldest first; absent in rows of versions that knew one approver only. Read it by `decisionsOf`. */
  readonly decisions?: readonly Decision[];
  readonly execution: Execution | null;
  readonly supersededBy: string | null;
  /** Ids of people who asked for this plan in words or by button while it was open; they may not decide it either. */
  readonly askedBy?: readonly string[];
}

/** What the word of a person on a proposal depends on. */
export interface Decidable extends Pick<Proposal, "askedBy" | "digest" | "decision" | "decisions"> {
  readonly plan: Pick<Plan, "requester" | "terms">;
}

export interface Decision {
  readonly verdict: "approved" | "denied";
  /** A person's id, or `policy:<rule>` for a standing approval. */
  readonly personId: string;
  readonly personName: string;
  readonly at: string;
  readonly reason: string | null;
  /** The digest of the plan that was shown; absent in rows of older versions. */
  readonly digest?: string;
  /** The glass was broken: quorum, four eyes and freeze were passed over, and a review is due. */
  readonly breakGlass?: { readonly reviewBy: string };
  /** A standing approval: the person who answers for the rule. */
  readonly standingBy?: string;
}

/** Every decision on a proposal, oldest first. */
export function decisionsOf({ decisions, decision }: Pick<Proposal, "decisions" | "decision">): readonly Decision[] {
  return decisions ?? (decision === null ? [] : [decision]);
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
