import type { Proposal } from "../core/approval/proposal.js";
import type { Connections, Digest } from "../core/ports.js";
import { type OnceRequest, type SendOnceDeps, type Sent, sendOnce } from "./send-once.js";

export interface CarryOutDeps extends SendOnceDeps {
  readonly connections: Connections;
  readonly digest: Digest;
  /** How often a running repair is looked at. */
  readonly pollMs: number;
  /** Throws when the approval does not hold any more; called right before each request that goes out, by its key. */
  readonly checkApproval: (proposalId: string, key: string) => Promise<void>;
}

/** How far a step came: `next` is done, `later` waits, `failed` ended badly, `gone` is not to be carried out any more. */
export type Progress =
  | { readonly kind: "next"; readonly proposal: Proposal }
  | { readonly kind: "later"; readonly at: Date }
  | { readonly kind: "failed"; readonly outcome: string }
  | { readonly kind: "gone" };

/** Sends a request of an approved plan at most once; the approval is checked again right before it goes out. */
export function sendApproved(proposal: Proposal, request: OnceRequest, deps: CarryOutDeps): Promise<Sent> {
  const check = async (): Promise<void> => {
    await deps.checkApproval(proposal.id, request.key);
    await request.check();
  };
  return sendOnce(proposal, { ...request, check }, deps);
}

export function progressOf(sent: Sent): Progress {
  if (sent.kind !== "done") return sent;
  return { kind: "next", proposal: sent.proposal };
}

/** Another look after the usual time. */
export function lookAgain({ clock, pollMs }: CarryOutDeps): Progress {
  return { kind: "later", at: new Date(clock.now().getTime() + pollMs) };
}

/** The step is done and its line stands on the card once. */
export async function noteDone(proposal: Proposal, line: string, deps: CarryOutDeps): Promise<Progress> {
  if (proposal.execution?.trail.some(({ text }) => text === line)) return { kind: "next", proposal };
  const noted = await deps.log.change(proposal.id, { trail: line });
  return noted === null ? { kind: "gone" } : { kind: "next", proposal: noted };
}
