import type { Proposal } from "../../core/approval/proposal.js";
import type { Incident } from "../../core/incident.js";
import type { Line } from "../card.js";
import { durationBetween } from "./duration.js";
import { bold, dotted, person, prose, text, time } from "./spans.js";

/** Where an incident stands and whose move it is, in one line. */
export function stateLine(
  incident: Incident,
  facts: { readonly proposal: Proposal | null; readonly now: Date; readonly mayDecide?: string | null },
): Line {
  return dotted([stand(incident, facts), mutedLine(incident, facts.now)]);
}

function stand(
  incident: Incident,
  facts: { readonly proposal: Proposal | null; readonly now: Date; readonly mayDecide?: string | null },
): Line {
  switch (incident.state) {
    case "open":
      return [text("Diagnosing: reading the log and the run.")];
    case "diagnosed":
      return diagnosed(incident, facts);
    case "acting":
      return [bold("Rerunning"), ...approvedBy(facts.proposal)];
    case "verifying":
      return [bold("Rerun started"), ...approvedBy(facts.proposal), text(". Watching it to the end.")];
    case "recovered":
      return recovered(incident, facts.proposal);
    case "closed":
      return [text("Closed. Nothing more to do here.")];
  }
}

function diagnosed(
  incident: Incident,
  facts: { readonly proposal: Proposal | null; readonly now: Date; readonly mayDecide?: string | null },
): Line {
  const { proposal } = facts;
  if (proposal?.state === "pending" && Date.parse(proposal.expiresAt) > facts.now.getTime()) {
    return [
      bold("Awaiting approval"),
      text(facts.mayDecide ? ` by ${facts.mayDecide}, until ` : " until "),
      time(proposal.expiresAt),
      text(". The rerun is in the thread."),
    ];
  }
  if (proposal?.state === "pending" || proposal?.state === "expired") {
    return [bold("The rerun proposal expired"), text(" undecided. Refresh it in the thread.")];
  }
  const ended = proposal?.execution;
  if (ended !== null && ended !== undefined && ended.state !== "recovered")
    return afterExecution(ended.state, ended.outcome);
  if (proposal?.state === "denied" && proposal.decision !== null) {
    const { decision } = proposal;
    return [
      bold("Rerun denied"),
      text(" by "),
      person(decision.personId, decision.personName),
      ...(decision.reason === null ? [] : [text(": "), ...prose(decision.reason)]),
    ];
  }
  if (incident.noRerunBecause !== null) return [bold("No rerun: "), ...prose(incident.noRerunBecause)];
  return [bold("Next: "), ...prose(incident.verdict?.nextStep ?? "look at the thread.")];
}

function afterExecution(state: string, outcome: string | null): Line {
  if (state === "uncertain") {
    return [
      bold("Needs a person: "),
      ...prose(outcome ?? "It is unclear whether the rerun was started. Look before trying again."),
    ];
  }
  if (state === "refused")
    return [bold("Not rerun: "), ...prose(outcome ?? "The situation changed; nothing was done.")];
  if (state === "failed") return [bold("The rerun did not help: "), ...prose(outcome ?? "It failed again.")];
  return [bold("Rerunning")];
}

function approvedBy(proposal: Proposal | null): Line {
  const decision = proposal?.decision;
  if (decision === null || decision === undefined || decision.verdict !== "approved") return [];
  return [text(", approved by "), person(decision.personId, decision.personName), text(" at "), time(decision.at)];
}

function recovered(incident: Incident, proposal: Proposal | null): Line {
  const took = incident.recoveredAt === null ? "" : ` in ${durationBetween(incident.openedAt, incident.recoveredAt)}`;
  const byRerun = proposal?.execution?.state === "recovered";
  return [bold(`Recovered${took}`), ...(byRerun ? [text(" by the rerun"), ...approvedBy(proposal)] : []), text(".")];
}

function mutedLine(incident: Incident, now: Date): Line {
  if (incident.mutedUntil === null || Date.parse(incident.mutedUntil) <= now.getTime()) return [];
  return [text("muted until "), time(incident.mutedUntil)];
}
