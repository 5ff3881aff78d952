import { isModel, isOfModelOnly, isRealPerson, requesterIds } from "../core/approval/askers.js";
import type { Proposal } from "../core/approval/proposal.js";
import { transition } from "../core/approval/transition.js";
import { InputError, RefusedByPolicy } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Person, Requester } from "../core/person.js";
import type { Calendar, Digest, Ids } from "../core/ports.js";
import { choosePlan } from "../core/remediation/choose-plan.js";
import type { Plan, PlanFacts } from "../core/remediation/plan.js";
import { guardsForPlan, noGuards } from "../core/remediation/policy.js";
import type { Store, StoreTx } from "../core/store.js";
import type { Verdict } from "../core/verdict.js";
import type { Proposals } from "../tools/ports.js";
import { applyTransition } from "./apply-transition.js";
import { type Asked, type GatherDeps, gatherSituation } from "./gather-situation.js";
import { addAsker, isOverdue, isUnderway, openProposal, stillAnswers } from "./open-proposal.js";
import { orderWork } from "./order-work.js";
import { addTime, proposedMark, rerunsWithin, timesSince } from "./recent-times.js";
import { approveByStanding } from "./standing-approval.js";

export interface ProposeDeps extends GatherDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly calendar: Calendar;
  /** How many proposals an hour on one connection alerts may make by themselves, and how many an MCP client. */
  readonly perHour?: { readonly alert: number; readonly model: number };
}

/** Proposals and their renewal. */
export interface ProposalDesk extends Proposals {
  /** What an alert asks for by itself: the only proposal that a standing approval may cover. */
  proposeForAlert(incidentId: string): Promise<Proposal>;
  /** The plan of now for a card that has expired; who asked first stays who asked. */
  refresh(proposalId: string, person: Person): Promise<Proposal>;
  /** A new plan in place of one that no longer fits; RefusedByPolicy when none can be made. */
  replace(proposalId: string): Promise<Proposal>;
}

interface Planned {
  readonly plan: Plan;
  readonly facts: PlanFacts;
}

interface Making {
  readonly askedBy: readonly string[];
  readonly mayStand: boolean;
}

const hourMs = 60 * 60 * 1000;
/** A storm of failures asks for people, not for fifty buttons. */
const defaultPerHour = { alert: 20, model: 3 } as const;

export function createProposals(deps: ProposeDeps): ProposalDesk {
  const { store, clock } = deps;

  return {
    propose: ({ incidentId, requester, afterFix }) =>
      proposeAs(incidentId, { requester, afterFix: afterFix && isRealPerson(requester) }, false),

    proposeForAlert: (incidentId) => proposeAs(incidentId, { requester: { kind: "alert" }, afterFix: false }, true),

    get: (proposalId) => store.transact((tx) => tx.proposals.get(proposalId)),

    async ofIncident(incidentId) {
      const all = await store.transact((tx) => tx.proposals.find({ incidentId }));
      return [...all].sort((a, b) => (a.id < b.id ? 1 : -1));
    },

    async refresh(proposalId, person) {
      if (person.standing !== "member") {
        throw new RefusedByPolicy(
          "Only members of this workspace may ask for a new plan.",
          "Ask somebody of the team.",
        );
      }
      const old = await existing(proposalId);
      if (old.state === "denied" || old.state === "spent") {
        throw new InputError("This proposal was already decided; nothing was changed.", "Ask for a new proposal.");
      }
      return renew(old);
    },

    replace: async (proposalId) => renew(await existing(proposalId)),
  };

  async function proposeAs(incidentId: string, asked: Asked, mayStand: boolean): Promise<Proposal> {
    const incident = await store.transact((tx) => incidentIn(tx, incidentId));
    const open = await store.transact((tx) => joinOpen(tx, incidentId, asked));
    if (open !== null) return open;
    await mindTheHour(incident, asked.requester);
    return make(incident, asked, { askedBy: [], mayStand });
  }

  async function renew(old: Proposal): Promise<Proposal> {
    const { requester, afterFix } = old.plan;
    const asked: Asked = { requester, afterFix: afterFix === true && isRealPerson(requester) };
    const incident = await store.transact((tx) => incidentIn(tx, old.incidentId));
    const open = await store.transact((tx) => joinOpen(tx, incident.id, asked));
    return open ?? make(incident, asked, { askedBy: requesterIds(old), mayStand: false });
  }

  async function existing(proposalId: string): Promise<Proposal> {
    const proposal = await store.transact((tx) => tx.proposals.get(proposalId));
    if (proposal === null) throw new InputError("This proposal does not exist.", "Ask for a new one in the thread.");
    return proposal;
  }

  async function joinOpen(tx: StoreTx, incidentId: string, asked: Asked): Promise<Proposal | null> {
    const incident = await incidentIn(tx, incidentId);
    const open = await openProposal(tx, incidentId);
    if (open === null) return null;
    const answers = stillAnswers(open, incident, asked, clock.now()) || isBeyond(open, asked);
    return answers ? addAsker(tx, open, asked, deps) : null;
  }

  /** The open proposal, when the plan of now is the same one. */
  async function joinSame(tx: StoreTx, incidentId: string, plan: Plan, asked: Asked): Promise<Proposal | null> {
    const open = await openProposal(tx, incidentId);
    if (open === null) return null;
    if (isUnderway(open)) return open;
    const same = deps.digest.of(open.plan.steps) === deps.digest.of(plan.steps) && open.plan.afterFix === plan.afterFix;
    const stays = (same && !isOverdue(open, clock.now())) || isBeyond(open, asked);
    return stays ? addAsker(tx, open, asked, deps) : null;
  }

  /** What people or the alert wait for, a model can't replace: it gets the open plan, whose own checks hold. */
  function isBeyond(open: Proposal, { requester }: Asked): boolean {
    return automatic(requester) === "model" && !isOverdue(open, clock.now()) && !isOfModelOnly(open);
  }

  async function make(incident: Incident, asked: Asked, making: Making): Promise<Proposal> {
    try {
      const planned = await plannedNow(incident, asked);
      return await store.transact(
        async (tx) => (await joinSame(tx, incident.id, planned.plan, asked)) ?? keep(tx, incident.id, planned, making),
      );
    } catch (error) {
      if (error instanceof RefusedByPolicy) await rememberRefusal(incident.id, asked, error);
      throw error;
    }
  }

  async function plannedNow(incident: Incident, asked: Asked): Promise<Planned> {
    const live = await gatherSituation(incident, asked, { ...deps, verdictOf });
    // What the policy says depends on what is run, so the plan is chosen first without it.
    const unguarded = choosePlan({ ...live, guards: noGuards, usedReruns: 0 });
    if (!unguarded.ok) throw new RefusedByPolicy(unguarded.because, unguarded.fix);
    const { plan } = unguarded;
    const guards = guardsForPlan(deps.policy, plan);
    const used = await store.transact((tx) => rerunsWithin(tx, plan, guards.perHours, clock.now()));
    const choice = choosePlan({ ...live, guards, usedReruns: used.length });
    if (!choice.ok) throw new RefusedByPolicy(choice.because, choice.fix);
    return choice;
  }

  /** What a live thread says about a run. */
  async function verdictOf(connection: string, dagId: string, runId: string): Promise<Verdict | null> {
    const known = await store.transact((tx) => tx.incidents.find({ connection }, "current"));
    const about = known.find((one) =>
      one.failures.some(
        (failure) => failure.kind !== "databricks_run" && failure.dagId === dagId && failure.runId === runId,
      ),
    );
    return about?.verdict ?? null;
  }

  async function keep(
    tx: StoreTx,
    incidentId: string,
    { plan: chosen, facts }: Planned,
    { askedBy, mayStand }: Making,
  ): Promise<Proposal> {
    const now = clock.now();
    const incident = await incidentIn(tx, incidentId);
    const guards = guardsForPlan(deps.policy, chosen);
    const expiresAt = new Date(now.getTime() + guards.expiresMinutes * 60_000).toISOString();
    const plan: Plan = { ...chosen, terms: { quorum: guards.quorum, expiresAt } };
    const proposal: Proposal = {
      id: deps.ids.next("proposal"),
      incidentId,
      plan,
      facts,
      digest: deps.digest.of({ plan, facts }),
      state: "pending",
      createdAt: now.toISOString(),
      expiresAt,
      approvers: guards.approvers,
      decision: null,
      execution: null,
      supersededBy: null,
      askedBy,
    };
    await retirePending(tx, incidentId, proposal.id, now);
    await tx.proposals.put(proposal);
    await tx.incidents.put({
      ...incident,
      proposalId: proposal.id,
      noRerunBecause: null,
      updatedAt: now.toISOString(),
    });
    await tx.audit.append({
      at: now.toISOString(),
      actor: actorOf(plan.requester),
      action: "proposal_made",
      incidentId,
      proposalId: proposal.id,
      detail: `Will run ${facts.willRun.join(", ")}; digest ${proposal.digest}`,
    });
    const by = automatic(plan.requester);
    if (by !== null) await addTime(tx, proposedMark(incident.connection, by), now);
    await orderWork(tx, { kind: "publish", subject: incidentId }, deps);
    return mayStand ? approveByStanding(tx, proposal, deps) : proposal;
  }

  /** At most one proposal of an incident waits for people. */
  async function retirePending(tx: StoreTx, incidentId: string, newId: string, now: Date): Promise<void> {
    for (const old of await tx.proposals.find({ incidentId, state: "pending" })) {
      const state = isOverdue(old, now) ? "expired" : "superseded";
      const event = { kind: "retire", state, by: newId, why: `Replaced by ${newId}` } as const;
      await applyTransition(tx, old, transition(old, event), deps);
    }
  }

  async function rememberRefusal(incidentId: string, asked: Asked, refusal: RefusedByPolicy): Promise<void> {
    await store.transact(async (tx) => {
      const incident = await tx.incidents.get(incidentId);
      if (incident === null) return;
      const at = clock.now().toISOString();
      await tx.incidents.put({
        ...incident,
        noRerunBecause: `${refusal.message} ${refusal.fix}`.trim(),
        updatedAt: at,
      });
      await tx.audit.append({
        at,
        actor: actorOf(asked.requester),
        action: "proposal_refused",
        incidentId,
        proposalId: null,
        detail: refusal.message,
      });
      await orderWork(tx, { kind: "publish", subject: incidentId }, deps);
    });
  }

  async function mindTheHour(incident: Incident, requester: Requester): Promise<void> {
    const by = automatic(requester);
    if (by === null) return;
    const limit = (deps.perHour ?? defaultPerHour)[by];
    const since = new Date(clock.now().getTime() - hourMs);
    const made = await store.transact((tx) => timesSince(tx, proposedMark(incident.connection, by), since));
    if (made.length < limit) return;
    throw new RefusedByPolicy(
      `${limit} proposals were already made by themselves on ${incident.connection} within the hour; no further one was made.`,
      "Ask for the rerun in the thread when you want it.",
    );
  }
}

async function incidentIn(tx: StoreTx, incidentId: string): Promise<Incident> {
  const incident = await tx.incidents.get(incidentId);
  if (incident !== null) return incident;
  throw new InputError("This incident does not exist.", "Take its id from the thread or from the list of incidents.");
}

/** Proposals that no person asked for directly are limited; an MCP client is a model that asks for somebody. */
function automatic(requester: Requester): "alert" | "model" | null {
  if (requester.kind === "alert") return "alert";
  return isModel(requester.id) ? "model" : null;
}

function actorOf(requester: Requester): string {
  return requester.kind === "alert" ? "alert" : requester.id;
}
