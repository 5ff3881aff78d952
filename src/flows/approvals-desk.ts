import { z } from "zod";
import { planWords } from "../chat/cards/plan-words.js";
import { requesterIds } from "../core/approval/askers.js";
import { decisionsOf, type Proposal } from "../core/approval/proposal.js";
import { explainError, PipewrightError } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Person } from "../core/person.js";
import type { Clock, Logger } from "../core/ports.js";
import type { Store } from "../core/store.js";
import type { Approvals } from "./resolve-approval.js";

/** What the command line asks the process that holds the store. */
export const DeskRequest = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("list"), all: z.boolean() }),
  z.strictObject({ do: z.literal("show"), id: z.string().max(200) }),
  z.strictObject({
    do: z.literal("decide"),
    id: z.string().max(200),
    verdict: z.enum(["approved", "denied"]),
    reason: z.string().trim().min(1).max(1000).nullable(),
    /** The operating-system user who asks. */
    user: z.string().min(1).max(100),
    /** Alone, whatever the quorum and the freeze: its own role, and only with a reason. */
    breakGlass: z.boolean().optional(),
  }),
]);
export type DeskRequest = z.infer<typeof DeskRequest>;

const row = z.object({
  id: z.string(),
  incident: z.string(),
  title: z.string(),
  connection: z.string(),
  state: z.string(),
  plan: z.string(),
  willRun: z.array(z.string()),
  willNotRun: z.array(z.string()),
  why: z.string(),
  guards: z.array(z.string()),
  risk: z.string().nullable(),
  digest: z.string(),
  askedBy: z.array(z.string()),
  mayDecide: z.array(z.string()),
  created: z.string(),
  expires: z.string(),
  decisions: z.array(
    z.object({ verdict: z.string(), by: z.string(), name: z.string(), at: z.string(), reason: z.string().nullable() }),
  ),
  execution: z.string().nullable(),
  outcome: z.string().nullable(),
  simulated: z.boolean(),
});
/** A proposal as the desk shows it. */
export type DeskRow = z.infer<typeof row>;

export const DeskReply = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rows"), rows: z.array(row) }),
  z.object({ kind: z.literal("decided"), row }),
  z.object({ kind: z.literal("refused"), message: z.string(), row: row.nullable() }),
  z.object({ kind: z.literal("unknown"), message: z.string() }),
]);
export type DeskReply = z.infer<typeof DeskReply>;

export interface DeskDeps {
  readonly store: Store;
  readonly approvals: Pick<Approvals, "decide">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The user this process runs as: nobody but them and root reaches the desk. */
  readonly localUser: string;
  /** A decision was taken: what it ordered is due. */
  readonly wake: () => void;
}

const mostRows = 100;
const openStates: ReadonlySet<Proposal["state"]> = new Set(["pending", "approved"]);

/** The approvals desk for a machine without chat; whoever decides is the operating-system user, and policy applies. */
export function createApprovalsDesk(deps: DeskDeps): (request: unknown) => Promise<DeskReply> {
  const { store, clock } = deps;

  return async (raw) => {
    const request = DeskRequest.safeParse(raw);
    if (!request.success) {
      return {
        kind: "unknown",
        message: "The holder of the data folder is another version of Pipewright. Restart it.",
      };
    }
    try {
      return await answer(request.data);
    } catch (error) {
      if (!(error instanceof PipewrightError)) deps.logger.error({ error }, "the approvals desk failed");
      return { kind: "refused", message: explainError(error), row: null };
    }
  };

  async function answer(request: DeskRequest): Promise<DeskReply> {
    switch (request.do) {
      case "list":
        return { kind: "rows", rows: await list(request.all) };
      case "show": {
        const found = await find(request.id);
        return found === null ? unknown(request.id) : { kind: "rows", rows: [found] };
      }
      case "decide":
        return await decide(request);
    }
  }

  async function decide(request: Extract<DeskRequest, { do: "decide" }>): Promise<DeskReply> {
    const { id, verdict, reason, user, breakGlass = false } = request;
    if (user !== deps.localUser) {
      const message = `Pipewright runs as ${deps.localUser} here, and nobody can tell whether you are ${user}; nothing was changed. Run this as ${deps.localUser}, or decide in the chat.`;
      return { kind: "refused", message, row: null };
    }
    if ((await find(id)) === null) return unknown(id);
    const outcome = await deps.approvals.decide({
      person: localPerson(user),
      proposalId: id,
      verdict,
      reason,
      breakGlass,
    });
    deps.wake();
    const now = await find(id);
    if (now === null) return unknown(id);
    if (outcome.kind === "decided") return { kind: "decided", row: now };
    const may = outcome.proposal?.state === "pending" && outcome.whoMay.length > 0;
    const who = may ? ` Who may decide: ${outcome.whoMay.join(", ")}.` : "";
    return { kind: "refused", message: `${outcome.refusal.message}${who}`, row: now };
  }

  async function list(all: boolean): Promise<DeskRow[]> {
    return store.transact(async (tx) => {
      const proposals = await tx.proposals.find({}, all ? "all" : "current");
      const wanted = proposals
        .filter((one) => all || (openStates.has(one.state) && (one.execution?.endedAt ?? null) === null))
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
        .slice(0, mostRows);
      return Promise.all(wanted.map(async (one) => toRow(one, await tx.incidents.get(one.incidentId))));
    });
  }

  async function find(id: string): Promise<DeskRow | null> {
    return store.transact(async (tx) => {
      const proposal = await tx.proposals.get(id);
      return proposal === null ? null : toRow(proposal, await tx.incidents.get(proposal.incidentId));
    });
  }

  function toRow(proposal: Proposal, incident: Incident | null): DeskRow {
    const { plan, facts } = proposal;
    const askedBy = [...requesterIds(proposal)];
    const overdue = proposal.state === "pending" && clock.now().getTime() >= Date.parse(proposal.expiresAt);
    return {
      id: proposal.id,
      incident: proposal.incidentId,
      title: incident?.title ?? proposal.incidentId,
      connection: plan.subject.connection,
      state: overdue ? "expired" : proposal.state,
      plan: planWords(plan),
      willRun: [...facts.willRun],
      willNotRun: [...facts.willNotRun],
      why: facts.why,
      guards: [...facts.guards],
      risk: facts.risk,
      digest: proposal.digest,
      askedBy,
      mayDecide: proposal.approvers.filter((id) => !askedBy.includes(id)),
      created: proposal.createdAt,
      expires: proposal.expiresAt,
      decisions: decisionsOf(proposal).map(({ verdict, personId, personName, at, reason }) => ({
        verdict,
        by: personId,
        name: personName,
        at,
        reason,
      })),
      execution: proposal.execution?.state ?? null,
      outcome: proposal.execution?.outcome ?? null,
      simulated: plan.environment === "sandbox",
    };
  }
}

/** The operating system vouches for its users; what they may decide, the policy says. */
export function localPerson(user: string): Person {
  return { id: `cli:${user}`, platform: "cli", displayName: `${user} (command line)`, standing: "member" };
}

function unknown(id: string): DeskReply {
  return { kind: "unknown", message: `There is no approval ${id.slice(0, 80)}. List them: pipewright approvals list` };
}
