import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyCancelled: Signature = {
  id: "family-cancelled",
  category: "cancelled",
  rerunHelps: "unsure",
  proofs: [
    { text: codeOf("cancelled"), weight: 0.58 },
    { type: /(?:^|[.$])\w*(?:Cancelled|Canceled|Cancellation|UserAbort|StoppedByUser)\w*$/, weight: 0.6 },
    {
      text: /(?:cancel?led|aborted|stopped|killed|terminated|interrupted) (?:by|on behalf of|at the request of) (?:the |a |an )?(?:user|operator|admin\w*|owner|person|client request|"?[\w.+-]{1,64}@)|user (?:requested|initiated) (?:cancel\w*|stop|abort|termination)|(?:job|query|run|request|statement|operation|execution) (?:was |has been )?cancel?led\b/i,
      weight: 0.64,
    },
  ],
  unless:
    /time(?:d)?[ -]?out|deadline|memory|preempt|spot|deadlock|because .{0,60}fail|statement timeout|due to (?:an )?error/i,
  object: [/by (?:user |operator |admin )?["'`]?([\w.+-]+@[\w.-]+|[\w.-]{2,40})/i],
  summary: (o, p) =>
    `${p.task} was stopped from outside (${o ?? "by request"}), not by a fault of its own; ask who stopped it before any rerun.`,
  nextStep: "Ask the person or rule that stopped it whether it may run again.",
};
