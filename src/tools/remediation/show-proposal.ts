import { z } from "zod";
import type { Proposal } from "../../core/approval/proposal.js";
import { strings } from "../fields.js";

const mostNames = 30;

/** A proposal as both remediation tools show it. */
export const proposalFields = z.object({
  proposal: z.string(),
  incident: z.string(),
  state: z.string(),
  willRun: strings,
  willNotRun: strings,
  why: z.string(),
  guards: strings,
  risk: z.string().nullable(),
  approvers: strings,
  expires: z.string(),
  decision: z.object({ verdict: z.string(), by: z.string(), at: z.string(), reason: z.string().nullable() }).optional(),
  execution: z.object({ state: z.string(), outcome: z.string().nullable(), trail: strings }).optional(),
  note: z.string(),
});

const notes: Readonly<Record<Proposal["state"], string>> = {
  pending: "Nothing has run. A person must approve it with the button in the chat thread or console; no tool can.",
  approved: "A person approved it; Pipewright runs it.",
  denied: "A person denied it; nothing ran.",
  expired: "Nobody decided in time; nothing ran. Propose again.",
  superseded: "The situation changed; a newer proposal took its place and this one can't run.",
  spent: "It was approved and has been used; it can't run again.",
};

export function showProposal(proposal: Proposal): z.infer<typeof proposalFields> {
  const { facts, decision, execution } = proposal;
  return {
    proposal: proposal.id,
    incident: proposal.incidentId,
    state: proposal.state,
    willRun: facts.willRun.slice(0, mostNames),
    willNotRun: facts.willNotRun.slice(0, mostNames),
    why: facts.why,
    guards: [...facts.guards],
    risk: facts.risk,
    approvers: [...proposal.approvers],
    expires: proposal.expiresAt,
    ...(decision === null
      ? {}
      : {
          decision: {
            verdict: decision.verdict,
            by: decision.personName,
            at: decision.at,
            reason: decision.reason,
          },
        }),
    ...(execution === null
      ? {}
      : {
          execution: {
            state: execution.state,
            outcome: execution.outcome,
            trail: execution.trail.slice(-10).map((line) => `${line.at} ${line.text}`),
          },
        }),
    note: notes[proposal.state],
  };
}
