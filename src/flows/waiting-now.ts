import type { Proposal } from "../core/approval/proposal.js";
import { type Waiting, waitingFor } from "../core/approval/waiting.js";
import type { Calendar, Clock } from "../core/ports.js";
import { frozenAt } from "../core/remediation/freeze.js";
import { guardsForPlan } from "../core/remediation/policy.js";
import type { Policy } from "../core/remediation/rule.js";
import type { Identities } from "./identities.js";

export interface WaitingDeps {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly identities: Pick<Identities, "known">;
}

/** What a proposal waits for by the policy of now; for cards, so nobody is looked up. */
export function waitingNow(proposal: Proposal, { policy, calendar, clock, identities }: WaitingDeps): Waiting {
  const guards = guardsForPlan(policy, proposal.plan);
  const frozen = frozenAt(guards.freeze, clock.now(), calendar);
  return waitingFor(proposal, { guards, frozen, identityOf: identities.known });
}
