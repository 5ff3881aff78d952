import { named, type Signature } from "../signature.js";

export const rateLimited: Signature = {
  id: "rate-limited",
  category: "quota_or_rate_limit",
  rerunHelps: "yes",
  proofs: [
    {
      text: /\b429\b.{0,60}(?:Too Many|Client Error|error|rate)|returned error: 429\b|Too Many Requests|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*429\b|rate ?limit(?:ed|s|_exceeded)?\b|RateLimit|rateLimitExceeded|Rate exceeded|ThrottlingException|Throttl(?:ed|ing)|SlowDown|RequestLimitExceeded|REQUEST_LIMIT_EXCEEDED|TooManyRequests|toomanyrequests|REQUEST_THROTTLED|RATE_LIMITED|Exceeded rate limits|ProvisionedThroughputExceeded|reduce your request rate|secondary rate limit|retry after \d+/i,
      weight: 0.93,
    },
    {
      type: named("TooManyRequests", "RateLimitError", "ResourceExhausted", "RateLimitExceeded", "ThrottlingException"),
      weight: 0.93,
    },
  ],
  object: [/for url:? ?(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/, /calling the (\w+) operation/],
  summary: (o, p) =>
    `${o ?? "The service"} limits the request rate of ${p.task}; a rerun later helps, the task's owner should slow it down.`,
  nextStep: "Rerun later; make the client honour Retry-After or lower the parallelism.",
};
