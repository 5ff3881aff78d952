import { named, type Signature } from "../signature.js";

export const httpForbidden: Signature = {
  id: "http-forbidden",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /\b403\b.{0,40}(?:Client Error|Forbidden|Access Denied|error)|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*403\b|\b403 \(?Forbidden|Status Code: 403/i,
      weight: 0.92,
    },
    {
      type: named("Forbidden", "HTTPForbidden", "PermissionDenied", "ForbiddenException", "AccessDeniedException"),
      weight: 0.92,
    },
    { text: /Resource not accessible by integration|returned error: 403\b|Forbidden for url/i, weight: 0.92 },
  ],
  unless: /rate limit|quota|rateLimitExceeded|Exceeded rate|throttl|too many requests/i,
  object: [/for url:? ?(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/],
  summary: (o, p) =>
    `${o ?? "The service"} forbids ${p.task} the access (403); the owner of that resource must grant it.`,
  nextStep: "Have the permission granted to the identity this task runs as, then rerun.",
};
