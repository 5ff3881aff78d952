import type { Proposal } from "../core/approval/proposal.js";
import { standingFor } from "../core/approval/standing.js";
import { transition } from "../core/approval/transition.js";
import type { Calendar } from "../core/ports.js";
import { frozenAt } from "../core/remediation/freeze.js";
import { guardsForPlan } from "../core/remediation/policy.js";
import type { Policy } from "../core/remediation/rule.js";
import type { StoreTx } from "../core/store.js";
import { applyTransition, type TransitionDeps } from "./apply-transition.js";
import { addTime, coolsDown, rerunsWithin, standingMark, timesSince } from "./recent-times.js";

export interface StandingDeps extends TransitionDeps {
  readonly policy: Policy;
  readonly calendar: Calendar;
}

const hourMs = 60 * 60 * 1000;

/** Approves an alert's new proposal by the standing approval that covers it, within every cap; else it waits for people. */
export async function approveByStanding(tx: StoreTx, proposal: Proposal, deps: StandingDeps): Promise<Proposal> {
  const now = deps.clock.now();
  const guards = guardsForPlan(deps.policy, proposal.plan);
  const frozen = frozenAt(guards.freeze, now, deps.calendar);
  const standing = standingFor(proposal, { guards, frozen, now });
  if (standing === null) return proposal;
  const mark = standingMark(standing.rule);
  const given = await timesSince(tx, mark, new Date(now.getTime() - standing.perHours * hourMs));
  const used = await rerunsWithin(tx, proposal.plan, guards.perHours, now);
  if (given.length >= standing.maxReruns || used.length >= guards.maxReruns) return proposal;
  if (await coolsDown(tx, proposal.plan, guards.coolDownMinutes, now)) return proposal;
  await addTime(tx, mark, now);
  return applyTransition(tx, proposal, transition(proposal, { kind: "stand", standing, now }), deps);
}
