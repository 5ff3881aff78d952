import type { Proposal } from "../core/approval/proposal.js";
import type { TaskFailure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { StoreTx } from "../core/store.js";
import type { Asked } from "./gather-situation.js";

/** The incident's newest proposal that still waits for people or is being carried out; overdue ones count too. */
export async function openProposal(tx: StoreTx, incidentId: string): Promise<Proposal | null> {
  const all = await tx.proposals.find({ incidentId });
  const open = all.filter((one) => one.state === "pending" || isUnderway(one));
  return open.sort((a, b) => a.id.localeCompare(b.id)).at(-1) ?? null;
}

/** Approved and not ended. */
export function isUnderway(proposal: Proposal): boolean {
  return proposal.state === "approved" && (proposal.execution?.endedAt ?? null) === null;
}

/** True while an open proposal answers what is asked for now, so that no second one is made. */
export function stillAnswers(proposal: Proposal, incident: Incident, asked: Asked, now: Date): boolean {
  if (isUnderway(proposal)) return true;
  if (now.getTime() >= Date.parse(proposal.expiresAt)) return false;
  if (asked.afterFix && proposal.plan.afterFix !== true) return false;
  return !hasNewerTry(proposal, incident);
}

/** The task of the plan has failed again since, in the same run. */
function hasNewerTry({ plan: { subject } }: Proposal, incident: Incident): boolean {
  const planned = subject.airflow;
  if (planned === null) return false;
  const same = incident.failures.filter(
    (one): one is TaskFailure =>
      one.kind === "airflow_task" && one.runId === planned.runId && one.taskId === planned.taskId,
  );
  return same.some((one) => one.mapIndex === planned.mapIndex && one.tryNumber > planned.tryNumber);
}

/** Who asks in words for a plan that is already open gets that one, and may then not decide it. */
export async function addAsker(tx: StoreTx, proposal: Proposal, asked: Asked): Promise<Proposal> {
  const { requester } = asked;
  const askedBy = proposal.askedBy ?? [];
  if (requester.kind !== "person" || proposal.state !== "pending") return proposal;
  if (askedBy.includes(requester.id)) return proposal;
  if (proposal.plan.requester.kind === "person" && proposal.plan.requester.id === requester.id) return proposal;
  const asking: Proposal = { ...proposal, askedBy: [...askedBy, requester.id] };
  await tx.proposals.put(asking);
  return asking;
}
