import type { IncomingEvent } from "../chat/incoming.js";
import { requesterIds } from "../core/approval/askers.js";
import type { DecisionFacts, DecisionRefusal, RefusalKind } from "../core/approval/decider.js";
import { digestFits } from "../core/approval/issue-action.js";
import { decisionsOf, type Proposal } from "../core/approval/proposal.js";
import { transition } from "../core/approval/transition.js";
import { PipewrightError } from "../core/errors.js";
import type { IdentityOf } from "../core/identity.js";
import type { Person } from "../core/person.js";
import type { Calendar, Clock, Digest, Ids, Logger } from "../core/ports.js";
import { frozenAt } from "../core/remediation/freeze.js";
import { guardsForPlan, namedBy } from "../core/remediation/policy.js";
import type { Policy } from "../core/remediation/rule.js";
import type { Store, StoreTx } from "../core/store.js";
import { applyTransition } from "./apply-transition.js";
import type { Identities } from "./identities.js";
import type { ProposalDesk } from "./propose.js";

export interface ApprovalDeps {
  readonly store: Store;
  /** The person as their platform knows them right now; throwing refuses the click. */
  readonly lookUp: (personId: string) => Promise<Person>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  readonly logger: Logger;
  readonly proposals: Pick<ProposalDesk, "refresh">;
  readonly identities: Identities;
}

/** Who decides, and which ids were found to be one human; `words` say why that can't be told. */
type Decider =
  | { readonly person: Person; readonly identityOf: IdentityOf; readonly sure: ReadonlySet<string> }
  | { readonly person: null; readonly words: string };

const unchecked = "Who you are could not be checked just now, so nothing was changed. Click again in a minute.";

export type DecisionEvent = Extract<IncomingEvent, { kind: "decision" }>;

/** What became of a click. A refusal is for the person alone: `message`, and ids of who may decide. */
export type DecisionOutcome =
  | { readonly kind: "decided"; readonly proposal: Proposal }
  | {
      readonly kind: "refused";
      readonly refusal: DecisionRefusal;
      readonly proposal: Proposal | null;
      readonly whoMay: readonly string[];
    };

export interface Approvals {
  decide(
    event: Pick<DecisionEvent, "person" | "proposalId" | "verdict" | "reason" | "breakGlass">,
  ): Promise<DecisionOutcome>;
  /** For the button of an expired card: the new proposal. */
  refresh(proposalId: string, person: Person): Promise<Proposal>;
}

export function createApprovals(deps: ApprovalDeps): Approvals {
  const { store, clock } = deps;
  return {
    async decide(event) {
      const decider = await findOut(event);
      return store.transact((tx) => resolve(tx, event, decider));
    },
    async refresh(proposalId, person) {
      return deps.proposals.refresh(proposalId, await deps.lookUp(person.id));
    },
  };

  /** Before the transaction, since platforms are asked. */
  async function findOut(event: Parameters<Approvals["decide"]>[0]): Promise<Decider> {
    try {
      const person = await deps.lookUp(event.person.id);
      const proposal = await store.transact((tx) => tx.proposals.get(event.proposalId));
      const must = [person.id, ...(proposal === null ? [] : involved(proposal))];
      const may = proposal === null ? [] : namedBy(guardsForPlan(deps.policy, proposal.plan));
      return { person, identityOf: await deps.identities.among({ must, may }), sure: new Set(must) };
    } catch (error) {
      deps.logger.warn({ err: error, person: event.person.id }, "an approver could not be looked up; refused");
      const clear = error instanceof PipewrightError && error.code === "refused";
      return { person: null, words: clear ? `${error.message} ${error.fix}` : unchecked };
    }
  }

  async function resolve(
    tx: StoreTx,
    event: Parameters<Approvals["decide"]>[0],
    decider: Decider,
  ): Promise<DecisionOutcome> {
    const proposal = await tx.proposals.get(event.proposalId);
    const incident = proposal === null ? null : await tx.incidents.get(proposal.incidentId);
    if (proposal === null || incident === null) {
      return refuse(tx, event, null, "not_found", "This proposal does not exist any more; nothing was run.");
    }
    if (decider.person === null) return refuse(tx, event, proposal, "look_up_failed", decider.words);
    const { person, identityOf, sure } = decider;
    // Somebody who joined since then might be the same human.
    if (!involved(proposal).every((id) => sure.has(id))) {
      return refuse(tx, event, proposal, "look_up_failed", unchecked);
    }
    const guards = guardsForPlan(deps.policy, proposal.plan);
    const now = clock.now();
    const facts: DecisionFacts = {
      verdict: event.verdict,
      person,
      reason: event.reason,
      breakGlass: event.breakGlass === true,
      guards,
      frozen: frozenAt(guards.freeze, now, deps.calendar),
      digestFits: digestFits(proposal, deps.digest),
      now,
      identityOf,
    };
    const outcome = transition(proposal, { kind: "decide", facts });
    const after = await applyTransition(tx, proposal, outcome, deps);
    const { refusal } = outcome;
    return refusal === null
      ? { kind: "decided", proposal: after }
      : refuse(tx, event, after, refusal.kind, refusal.message);
  }

  async function refuse(
    tx: StoreTx,
    event: Parameters<Approvals["decide"]>[0],
    proposal: Proposal | null,
    kind: RefusalKind,
    message: string,
  ): Promise<DecisionOutcome> {
    await tx.audit.append({
      at: clock.now().toISOString(),
      actor: event.person.id,
      action: "decision_refused",
      incidentId: proposal?.incidentId ?? null,
      proposalId: proposal?.id ?? null,
      detail: `${event.verdict} refused: ${kind}`,
    });
    return { kind: "refused", refusal: { kind, message }, proposal, whoMay: proposal === null ? [] : whoMay(proposal) };
  }

  /** Who could decide it: approvers who did not ask for it. */
  function whoMay(proposal: Proposal): readonly string[] {
    const { known } = deps.identities;
    const askers = requesterIds(proposal).map(known);
    return proposal.approvers.filter((id) => !askers.includes(known(id)));
  }
}

/** Whoever must be told apart from the one who decides now. */
function involved(proposal: Proposal): readonly string[] {
  return [...requesterIds(proposal), ...decisionsOf(proposal).map(({ personId }) => personId)];
}
