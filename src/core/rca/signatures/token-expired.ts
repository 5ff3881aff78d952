import { named, type Signature } from "../signature.js";

export const tokenExpired: Signature = {
  id: "token-expired",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /(?:token|credential|credentials|session|secret|certificate key|password|key|PAT|signature) (?:is |has |have |was |are )?(?:been )?expired|expired ?token|ExpiredToken|TokenExpired|invalid_grant|JWT (?:has )?expired|AADSTS7000(?:222|215)|AADSTS\d{5,6}|RefreshError|Token is expired|security token included in the request is (?:invalid|expired)|InvalidClientTokenId|UnrecognizedClient/i,
      weight: 0.92,
    },
    { type: named("RefreshError", "TokenExpiredError", "ExpiredTokenException", "InvalidClientTokenId"), weight: 0.9 },
  ],
  object: [/(AADSTS\d+)/, /(?:for|of) (?:user |principal |client )?['"]([\w@.-]+)['"]/],
  summary: (o, p) =>
    `The token or secret ${o ?? "of the connection"} used by ${p.task} is expired or revoked; its owner must renew it.`,
  nextStep: "Issue a new token or secret, store it in the connection, then rerun.",
};
