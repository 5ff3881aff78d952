import type { Decision, Proposal } from "../../core/approval/proposal.js";
import type { Card } from "../card.js";
import { plain } from "../plain.js";
import { planWords } from "./plan-words.js";
import { bold, person, prose, text, time } from "./spans.js";

/** Tells another channel that somebody passed over quorum, four eyes and freeze: who, why, what, and until when it is reviewed. */
export function glassCard(proposal: Proposal, decision: Decision): Card {
  const words = `Glass broken by ${decision.personName}: ${planWords(proposal.plan)}`;
  return {
    subject: `glass:${proposal.id}`,
    tone: "attention",
    fallback: plain(words, 300),
    simulated: proposal.plan.environment === "sandbox",
    blocks: [
      {
        b: "lines",
        lines: [
          [
            bold("Glass broken"),
            text(" by "),
            person(decision.personId, decision.personName),
            text(" at "),
            time(decision.at),
          ],
          [text(`Rerun: ${planWords(proposal.plan)}`)],
          [bold("Reason: "), ...prose(decision.reason ?? "none was given")],
          [
            text("Quorum, four eyes and freeze were passed over. Review due by "),
            time(decision.breakGlass?.reviewBy ?? decision.at, "date_time"),
            text("."),
          ],
        ],
      },
    ],
  };
}
