import type { Execution, Proposal, SentRequest, TrailLine } from "./proposal.js";

const empty: Execution = { state: "queued", startedAt: null, endedAt: null, trail: [], outcome: null };

/** What is known of one writing request; null before it was first written down. */
export function requestOf(proposal: Proposal, key: string): SentRequest | null {
  return proposal.execution?.requests?.find((request) => request.key === key) ?? null;
}

/** True when a request may have reached the other side and nobody knows. */
export function hasOpenRequest(proposal: Proposal): boolean {
  return (proposal.execution?.requests ?? []).some((request) => request.state === "intended");
}

/** True once any request was written down to be sent. */
export function hasStarted(proposal: Proposal): boolean {
  return (proposal.execution?.requests ?? []).length > 0;
}

/** True once any request reached the other side, or may have: from then on the approval is being carried out. */
export function mayHaveArrived(proposal: Proposal): boolean {
  return (proposal.execution?.requests ?? []).some((request) => request.state !== "not_done");
}

/** True when a step of the plan has begun to have its effect: what is left of it belongs to what was done. */
export function stepHasBegun(proposal: Proposal, key: string): boolean {
  const step = stepOf(key);
  return (proposal.execution?.requests ?? []).some((one) => one.state === "done" && stepOf(one.key) === step);
}

/** Of a request's key, `1:clear`: which step of the plan it belongs to. */
export function stepOf(key: string): number {
  return Number.parseInt(key, 10);
}

export function withExecution(proposal: Proposal, change: Partial<Execution>): Proposal {
  return { ...proposal, execution: { ...(proposal.execution ?? empty), ...change } };
}

/** Adds a line to the trail; saying the same twice in a row adds nothing. */
export function withTrail(proposal: Proposal, line: TrailLine): Proposal {
  const trail = proposal.execution?.trail ?? [];
  if (trail.at(-1)?.text === line.text) return proposal;
  return withExecution(proposal, { trail: [...trail, line] });
}

export function withRequest(proposal: Proposal, request: SentRequest): Proposal {
  const others = (proposal.execution?.requests ?? []).filter((known) => known.key !== request.key);
  return withExecution(proposal, { requests: [...others, request] });
}

/** True while nothing was sent for an approved proposal, so that it can still be taken back. */
export function isUnsent(proposal: Proposal): boolean {
  return proposal.state === "approved" && !hasStarted(proposal);
}
