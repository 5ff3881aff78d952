import { type Decision, decisionsOf, type Execution, type Proposal } from "../../core/approval/proposal.js";
import type { Line } from "../card.js";
import { bold, person, prose, text, time } from "./spans.js";

/** A card keeps the newest of a long trail; the audit keeps all of it. */
const trailLimit = 10;

/** What became of a proposal: who decided and when, what was sent, what came back, how it ended. */
export function decisionLines(proposal: Proposal): readonly Line[] {
  if (proposal.state === "superseded") {
    return [[bold("Replaced"), text(" by a newer plan in this thread. Nothing was run from this card.")]];
  }
  const { decision } = proposal;
  if (decision === null) {
    return [
      [bold("Expired "), time(proposal.expiresAt), text(" undecided. Nothing was run. Refresh makes a new plan.")],
    ];
  }
  const decided: Line = [
    bold(decision.verdict === "approved" ? "Approved" : "Denied"),
    text(" by "),
    ...(decision.verdict === "approved" ? named(approvalsBehind(proposal, decision)) : named([decision])),
    text(" at "),
    time(decision.at),
    ...(decision.reason === null ? [] : [text(": "), ...prose(decision.reason)]),
  ];
  if (decision.verdict === "denied") return [decided, [text("Nothing was run.")]];
  return [...glassLines(decision), decided, ...(proposal.execution === null ? [] : executionLines(proposal.execution))];
}

/** People one after the other: `Ben and Cleo`; a rule with who answers for it. */
export function named(decisions: readonly Decision[]): Line {
  return decisions.flatMap((decision, index): Line => {
    const joint = index === 0 ? [] : [text(index === decisions.length - 1 ? " and " : ", ")];
    const { personId, personName, standingBy } = decision;
    if (standingBy === undefined) return [...joint, person(personId, personName)];
    return [...joint, text(`${personName}, a standing approval of `), person(standingBy, standingBy)];
  });
}

/** Who breaks the glass, and a rule, decide alone. */
function approvalsBehind(proposal: Proposal, decision: Decision): readonly Decision[] {
  if (decision.breakGlass !== undefined || decision.standingBy !== undefined) return [decision];
  const before = decisionsOf(proposal).filter(({ verdict }) => verdict === "approved");
  return before.length === 0 ? [decision] : before;
}

function glassLines({ breakGlass, personId, personName }: Decision): readonly Line[] {
  if (breakGlass === undefined) return [];
  return [
    [
      bold("Glass broken"),
      text(" by "),
      person(personId, personName),
      text(": quorum, four eyes and freeze were passed over. Review due by "),
      time(breakGlass.reviewBy, "date_time"),
      text("."),
    ],
  ];
}

function executionLines(execution: Execution): readonly Line[] {
  const trail = execution.trail
    .slice(-trailLimit)
    .map((entry): Line => [time(entry.at), text("  "), ...prose(entry.text)]);
  // The trail's last entry says the same as the end does.
  const ended = execution.outcome !== null && execution.trail.at(-1)?.text === execution.outcome;
  return [...(ended ? trail.slice(0, -1) : trail), endLine(execution)];
}

function endLine(execution: Execution): Line {
  const outcome = execution.outcome === null ? [] : [text(" "), ...prose(execution.outcome)];
  switch (execution.state) {
    case "queued":
      return [text("Starting: the live run is read again first.")];
    case "running":
      return [bold("Running.")];
    case "verifying":
      return [bold("Started."), text(" Watching every task of the plan to its end.")];
    case "recovered":
      return execution.outcome?.startsWith("Recovered") === true
        ? [bold("✓ Recovered"), text(execution.outcome.slice("Recovered".length))]
        : [bold("✓ Recovered."), ...outcome];
    case "failed":
      return [bold("✗ Did not help."), ...outcome];
    case "refused":
      return [bold("Not run."), ...outcome];
    case "uncertain":
      return [bold("? Needs a person."), ...outcome];
  }
}
