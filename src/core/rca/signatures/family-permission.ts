import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyPermission: Signature = {
  id: "family-permission",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /(?:user ?id|user ?name|login|account).{0,40}password.{0,40}(?:is|are) (?:invalid|incorrect|wrong|not valid)|password.{0,30} is (?:invalid|incorrect|wrong)|decryption failed|no secret key|bad decrypt|wrong passphrase|denied: permission_denied|invalid api key/i,
      weight: 0.78,
    },
    {
      text: /An error occurred \((?:UnrecognizedClient\w*|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|Unauthorized\w*|AuthFailure|OptInRequired)\) when calling|['"](?:invalid_auth|not_authed|token_revoked|account_inactive|missing_scope)['"]|invalidCredentials|No valid credentials provided|Kerberos tgt|(?:^|: )permission denied\b/i,
      weight: 0.72,
    },
    { text: codeOf("permission"), weight: 0.66 },
    {
      type: /(?:^|[.$])\w*(?:Authentication|Authorization|AuthError|Permission|AccessDenied|AccessControl|Unauthorized|Forbidden|LoginFailed)\w*$/,
      weight: 0.62,
    },
    {
      text: /\b[A-Z_]*(?:PERMISSION_DENIED|ACCESS_DENIED|UNAUTHORIZED|INVALID_LOGIN|AUTHENTICATION_FAILED|NOT_AUTHORIZED)[A-Z_]*\b/,
      weight: 0.62,
    },
    {
      text: /\bnot authorized\b|not permitted to|access (?:is |was )?denied|insufficient (?:permissions?|privileges?|rights|scopes?)|invalid (?:user ?name|password|credentials|login)|authentication (?:failed|error)|permissions? (?:required|missing|are needed)|lacks? (?:the )?\S{0,40} ?permission/i,
      weight: 0.56,
    },
  ],
  unless: /non-?fatal|quota|rate limit/i,
  object: [/(?:topics?|resource|user|principal|bucket|schema|table|object):? \[?["'`]?([\w./@:*-]{3,60})/i],
  summary: (o, p) =>
    `${o ?? "The service"} refuses ${p.task} for want of permission or a valid login; the owner of that resource or connection must act.`,
  nextStep: "Read the message for the identity and the right it lacks; grant it or correct the login, then rerun.",
};
