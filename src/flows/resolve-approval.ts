import type { IncomingEvent } from "../chat/incoming.js";
import { type DecisionRefusal, decide, type RefusalKind } from "../core/approval/approval.js";
import { digestFits } from "../core/approval/issue-action.js";
import type { Proposal } from "../core/approval/proposal.js";
import type { Incident } from "../core/incident.js";
import type { Person } from "../core/person.js";
import type { Clock, Digest, Ids, Logger } from "../core/ports.js";
import { guardsForPlan, type Policy } from "../core/remediation/policy.js";
import type { Store, StoreTx } from "../core/store.js";
import { orderWork } from "./order-work.js";
import type { ProposalDesk } from "./propose.js";

export interface ApprovalDeps {
  readonly store: Store;
  /** The person as their platform knows them right now; throwing refuses the click. */
  readonly lookUp: (personId: string) => Promise<Person>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly logger: Logger;
  readonly proposals: Pick<ProposalDesk, "refresh">;
  /** One human has one identity across platforms. */
  readonly identityOf?: (personId: string) => string;
}

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
  decide(event: Pick<DecisionEvent, "person" | "proposalId" | "verdict" | "reason">): Promise<DecisionOutcome>;
  /** For the button of an expired card: the new proposal. */
  refresh(proposalId: string, person: Person): Promise<Proposal>;
}

export function createApprovals(deps: ApprovalDeps): Approvals {
  const { store, clock } = deps;
  return {
    async decide(event) {
      let person: Person | null = null;
      try {
        person = await deps.lookUp(event.person.id);
      } catch (error) {
        deps.logger.warn({ err: error, person: event.person.id }, "an approver could not be looked up; refused");
      }
      return store.transact((tx) => resolve(tx, event, person));
    },
    async refresh(proposalId, person) {
      return deps.proposals.refresh(proposalId, await deps.lookUp(person.id));
    },
  };

  async function resolve(
    tx: StoreTx,
    event: Parameters<Approvals["decide"]>[0],
    person: Person | null,
  ): Promise<DecisionOutcome> {
    const proposal = await tx.proposals.get(event.proposalId);
    const incident = proposal === null ? null : await tx.incidents.get(proposal.incidentId);
    if (proposal === null || incident === null) {
      return refuse(tx, event, null, "not_found", "This proposal does not exist any more; nothing was run.");
    }
    if (person === null) {
      const words = "Who you are could not be checked just now, so nothing was changed. Click again in a minute.";
      return refuse(tx, event, proposal, "look_up_failed", words);
    }
    const guards = guardsForPlan(deps.policy, proposal.plan);
    const result = decide(proposal, {
      verdict: event.verdict,
      person,
      reason: event.reason,
      approvers: guards.approvers,
      allowed: guards.allowed,
      fourEyes: guards.fourEyes,
      digestFits: digestFits(proposal, deps.digest),
      now: clock.now(),
      ...(deps.identityOf === undefined ? {} : { identityOf: deps.identityOf }),
    });
    if (result.ok) return keep(tx, incident, result.proposal, person);
    if (result.proposal !== proposal) {
      await tx.proposals.put(result.proposal);
      await audit(tx, result.proposal, "pipewright", "proposal_expired", "Nobody decided in time");
      await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
    }
    return refuse(tx, event, result.proposal, result.refusal.kind, result.refusal.message);
  }

  async function keep(tx: StoreTx, incident: Incident, proposal: Proposal, person: Person): Promise<DecisionOutcome> {
    const approved = proposal.state === "approved";
    await tx.proposals.put(proposal);
    await tx.incidents.put({
      ...incident,
      state: approved ? "acting" : beforeActing(incident),
      proposalId: approved ? proposal.id : null,
      updatedAt: clock.now().toISOString(),
    });
    const reason = proposal.decision?.reason ?? null;
    const words = `${person.displayName} ${approved ? "approved" : "denied"} the plan ${proposal.digest}`;
    await audit(
      tx,
      proposal,
      person.id,
      approved ? "approved" : "denied",
      reason === null ? words : `${words}: ${reason}`,
    );
    if (approved) await orderWork(tx, { kind: "execute", subject: proposal.id }, deps);
    await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
    return { kind: "decided", proposal };
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
    const { requester } = proposal.plan;
    const askers = [...(requester.kind === "person" ? [requester.id] : []), ...(proposal.askedBy ?? [])];
    return proposal.approvers.filter((id) => !askers.includes(id));
  }

  async function audit(
    tx: StoreTx,
    proposal: Proposal,
    actor: string,
    action: "approved" | "denied" | "proposal_expired",
    detail: string,
  ): Promise<void> {
    await tx.audit.append({
      at: clock.now().toISOString(),
      actor,
      action,
      incidentId: proposal.incidentId,
      proposalId: proposal.id,
      detail,
    });
  }
}

function beforeActing(incident: Incident): Incident["state"] {
  return incident.state === "acting" ? "diagnosed" : incident.state;
}
