import type { Execution, Proposal } from "../../core/approval/proposal.js";
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
    person(decision.personId, decision.personName),
    text(" at "),
    time(decision.at),
    ...(decision.reason === null ? [] : [text(": "), ...prose(decision.reason)]),
  ];
  if (decision.verdict === "denied") return [decided, [text("Nothing was run.")]];
  return [decided, ...(proposal.execution === null ? [] : executionLines(proposal.execution))];
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
