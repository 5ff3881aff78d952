import { named, type Signature } from "../signature.js";

export const httpUnauthorized: Signature = {
  id: "http-unauthorized",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    { text: /unauthorized: |HTTP Basic: Access denied/i, weight: 0.9 },
    {
      text: /\b401\b.{0,40}(?:Client Error|Unauthorized|Authorization|error)|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*401\b|\b401 \(?Unauthorized|Unauthorized for url|Status Code: 401/i,
      weight: 0.93,
    },
    {
      type: named("Unauthorized", "HTTPUnauthorized", "UnauthorizedError", "NotAuthorizedException", "Unauthenticated"),
      weight: 0.92,
    },
    {
      text: /\bstatus = UNAUTHENTICATED|StatusCode\.UNAUTHENTICATED|returned error: 401\b|Bad credentials|invalid (?:api|access) ?(?:key|token)|Invalid authentication|authentication (?:is )?required|could not read Username for|Authentication failed for '|not logged in|Invalid API key|Authentication token .{0,40}invalid|UNAUTHORIZED_ERROR|E401|ENEEDAUTH/i,
      weight: 0.88,
    },
  ],
  unless: /unauthenticated git protocol/,
  object: [/for (?:url:? ?|')(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/],
  summary: (o, p) =>
    `${o ?? "The service"} refused the credentials of ${p.task} (401); the connection's owner must renew or correct them.`,
  nextStep: "Renew the token or password that this task sends, then rerun.",
};
