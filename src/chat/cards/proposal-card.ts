import type { Decision, Proposal } from "../../core/approval/proposal.js";
import type { Waiting } from "../../core/approval/waiting.js";
import type { Freeze } from "../../core/remediation/freeze.js";
import type { PlanFacts } from "../../core/remediation/plan.js";
import type { Block, Button, Card, Line, Tone } from "../card.js";
import { plain } from "../plain.js";
import { decisionLines, named } from "./decision-trail.js";
import { durationWords } from "./duration.js";
import { planWords } from "./plan-words.js";
import { bold, dotted, listed, person, text, time } from "./spans.js";

export interface ProposalCardFacts {
  readonly now: Date;
  /** Who may decide, in words: `Ben or Cleo`; null when nobody is known. */
  readonly mayDecide: string | null;
  /** What it waits for by the policy of now; without it, for one approver. */
  readonly waiting?: Waiting;
}

/** A proposal, drawn from its plan and facts alone: no verdict and no model text reaches it. */
export function proposalCard(proposal: Proposal, facts: ProposalCardFacts): Card {
  const open = proposal.state === "pending" && Date.parse(proposal.expiresAt) > facts.now.getTime();
  const title = `Rerun: ${planWords(proposal.plan)}`;
  const buttons = buttonsFor(proposal, open, facts.waiting?.mayBreakGlass === true);
  const blocks: Block[] = [
    { b: "lines", lines: [[bold(title)], askedLine(proposal, open)] },
    { b: "fields", fields: planFields(proposal) },
    { b: "lines", lines: open ? waitingLines(proposal, facts) : decisionLines(proposal) },
  ];
  if (buttons.length > 0) blocks.push({ b: "buttons", buttons });
  return {
    subject: `proposal:${proposal.id}`,
    tone: toneOf(proposal, open),
    fallback: plain(title, 300),
    simulated: proposal.plan.environment === "sandbox",
    blocks,
  };
}

function askedLine(proposal: Proposal, open: boolean): Line {
  const { requester } = proposal.plan;
  return dotted([
    requester.kind === "alert"
      ? [text("proposed by Pipewright for the alert")]
      : [text("asked by "), person(requester.id, requester.name)],
    open ? [text("expires "), time(proposal.expiresAt)] : [text("proposed "), time(proposal.createdAt, "date_time")],
  ]);
}

function planFields(proposal: Proposal): readonly { readonly name: string; readonly value: Line }[] {
  const { facts } = proposal;
  const usual = facts.usualSeconds === null ? [] : [text(`usually takes ${durationWords(facts.usualSeconds)}`)];
  const other =
    facts.alternativeSeconds === null
      ? []
      : [text(`the whole job again would take ${durationWords(facts.alternativeSeconds)}`)];
  return [
    {
      name: "Will run",
      value: dotted([[text(listed(facts.willRun, 8))], [text("dry run "), time(facts.dryRunAt)], usual, other]),
    },
    ...(facts.willNotRun.length === 0 ? [] : [{ name: "Will not run", value: [text(listed(facts.willNotRun, 6))] }]),
    ...namesField("Also starts", facts.alsoStarts ?? []),
    ...namesField("Stops", facts.stops ?? []),
    ...(facts.cost === null || facts.cost === undefined
      ? []
      : [{ name: "Costs", value: [text(costWords(facts.cost))] }]),
    ...(facts.why === "" ? [] : [{ name: "Why this", value: [text(facts.why)] }]),
    ...(facts.risk === null ? [] : [{ name: "Risk", value: [bold(facts.risk)] }]),
    ...(facts.guards.length === 0
      ? []
      : [{ name: "Guards", value: dotted(facts.guards.slice(0, 6).map((guard) => [text(guard)])) }]),
  ];
}

function namesField(
  name: string,
  names: readonly string[],
): readonly { readonly name: string; readonly value: Line }[] {
  return names.length === 0 ? [] : [{ name, value: [bold(listed(names, 6))] }];
}

function costWords({ machines, seconds }: NonNullable<PlanFacts["cost"]>): string {
  const each = durationWords(seconds);
  const all = durationWords(machines * seconds);
  return `about ${all} of machine time (${machines === 1 ? "1 machine" : `${machines} machines`} for ${each}), an estimate by the last good runs`;
}

function waitingLines(proposal: Proposal, { mayDecide, waiting }: ProposalCardFacts): readonly Line[] {
  const given = waiting?.given ?? [];
  const needed = waiting?.needed ?? 1;
  return [
    ...(waiting?.frozen ? [frozenLine(waiting.frozen)] : []),
    ...(given.length === 0 ? [] : [givenLine(given, needed)]),
    needsLine(proposal, mayDecide, needed - given.length),
  ];
}

function frozenLine({ until, reason }: Freeze): Line {
  return [
    bold("Frozen"),
    ...(until === null ? [] : [text(" until "), time(until, "date_time")]),
    text(reason === null ? ": nothing may be rerun." : `: ${reason}.`),
  ];
}

function givenLine(given: readonly Decision[], needed: number): Line {
  return [bold(`${given.length} of ${needed} approvals`), text(": "), ...named(given)];
}

function needsLine(proposal: Proposal, mayDecide: string | null, missing: number): Line {
  const { requester } = proposal.plan;
  if (mayDecide === null) {
    return [
      bold("Nobody may approve yet. "),
      text("The owner of this installation names approvers in PIPEWRIGHT_APPROVERS."),
    ];
  }
  return [
    bold(missing <= 1 ? "Needs 1 approver" : `Needs ${missing} approvers`),
    ...(requester.kind === "person" ? [text(" who is not "), person(requester.id, requester.name)] : []),
    text(`: ${mayDecide}`),
  ];
}

function buttonsFor(proposal: Proposal, open: boolean, mayBreakGlass: boolean): readonly Button[] {
  const button = (action: Button["action"], label: string, style: Button["style"]): Button => ({
    action,
    label,
    style,
    value: proposal.id,
    url: null,
  });
  if (open) {
    const glass = mayBreakGlass ? [button("break_glass", "Break glass…", "plain")] : [];
    return [button("approve", "Approve", "primary"), button("deny", "Deny…", "danger"), ...glass];
  }
  if (proposal.state === "pending" || proposal.state === "expired") return [button("refresh", "Refresh", "plain")];
  return [];
}

function toneOf(proposal: Proposal, open: boolean): Tone {
  if (open) return "attention";
  switch (proposal.execution?.state) {
    case "queued":
    case "running":
    case "verifying":
      return "progress";
    case "recovered":
      return "recovered";
    case "failed":
    case "uncertain":
      return "failed";
    default:
      return "neutral";
  }
}
