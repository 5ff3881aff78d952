import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyQuota: Signature = {
  id: "family-quota",
  category: "quota_or_rate_limit",
  rerunHelps: "yes",
  proofs: [
    { text: codeOf("quota_or_rate_limit"), weight: 0.66 },
    {
      type: /(?:^|[.$])\w*(?:Quota|RateLimit|Throttl|TooMany|ResourceExhausted|LimitExceeded|QueueFull)\w*$/,
      weight: 0.66,
    },
    {
      text: /\b[A-Z_]*(?:QUEUE_FULL|QUOTA|RATE_LIMIT|TOO_MANY_REQUESTS|REQUEST_LIMIT|INSUFFICIENT_RESOURCES)[A-Z_]*\b|[Tt]oo many (?:queued|concurrent|running|open|active|simultaneous) |[Ll]imit exceeded/,
      weight: 0.64,
    },
  ],
  unless: /MEMORY|time limit|memory/i,
  object: [/(?:for|of|limit) ["'`]?([\w.-]{3,50})/],
  summary: (o, p) =>
    `A limit of the service (${o ?? "see evidence"}) stopped ${p.task}; a rerun later helps, its owner may ask for more.`,
  nextStep: "Rerun when the load has passed, or ask for a higher limit.",
};
