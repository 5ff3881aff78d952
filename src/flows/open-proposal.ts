import type { Proposal } from "../core/approval/proposal.js";
import { transition } from "../core/approval/transition.js";
import type { TaskFailure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { ClearStep, Plan, PlanStep, SetSuccessStep } from "../core/remediation/plan.js";
import type { StoreTx } from "../core/store.js";
import { applyTransition, type TransitionDeps } from "./apply-transition.js";
import type { Asked } from "./gather-situation.js";
import { tasksOf } from "./live-systems.js";

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

/**
 * True when an open proposal answers what is asked for now without another look: it is under way, or it waits, was made for
 * the same wish, and speaks of every failure of its run that the incident knows.
 */
export function stillAnswers(proposal: Proposal, incident: Incident, asked: Asked, now: Date): boolean {
  if (isUnderway(proposal)) return true;
  if (isOverdue(proposal, now) || (asked.afterFix && proposal.plan.afterFix !== true)) return false;
  return speaksOfAll(proposal, incident);
}

export function isOverdue(proposal: Proposal, now: Date): boolean {
  return now.getTime() >= Date.parse(proposal.expiresAt);
}

/** A plan may begin with another DAG. */
function isOn(step: PlanStep, { airflow }: Plan["subject"]): step is ClearStep | SetSuccessStep {
  const acts = step.do === "airflow_clear" || step.do === "airflow_set_success";
  return acts && step.dagId === airflow?.dagId && step.runId === airflow.runId;
}

/** A task that failed again, or another map index that failed meanwhile, may ask for another plan. */
function speaksOfAll({ plan: { subject, steps } }: Proposal, incident: Incident): boolean {
  const planned = subject.airflow;
  if (planned === null) return true;
  const tasks = steps.flatMap((step) => (isOn(step, subject) ? tasksOf(step) : []));
  const failures = incident.failures.filter(
    (one): one is TaskFailure =>
      one.kind === "airflow_task" &&
      one.connection === subject.connection &&
      one.dagId === planned.dagId &&
      one.runId === planned.runId,
  );
  return failures.every((one) => {
    const task = tasks.find((known) => known.taskId === one.taskId && known.mapIndex === one.mapIndex);
    return task !== undefined && task.tryNumber >= one.tryNumber;
  });
}

/** Who asks in words for a plan that is already open gets that one, and may then not decide it. */
export async function addAsker(
  tx: StoreTx,
  proposal: Proposal,
  { requester }: Asked,
  deps: TransitionDeps,
): Promise<Proposal> {
  if (requester.kind !== "person") return proposal;
  return applyTransition(tx, proposal, transition(proposal, { kind: "ask", personId: requester.id }), deps);
}
