import { named, type Signature } from "../signature.js";

export const databaseLoginRefused: Signature = {
  id: "database-login-refused",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /password authentication failed|Access denied for user|ORA-01017|ORA-28000|Login failed for user|Incorrect username or password|no pg_hba\.conf entry|role "[^"]+" does not exist|account (?:has been|is) (?:temporarily )?locked|SQLSTATE:? ?28(?:P01|000)|authentication failed for (?:user|principal)|Authentication failed\.|AuthenticationFailed: |SASL authentication failed|NOAUTH Authentication required|WRONGPASS|invalid username-password|Authentication failure|Logon failure|User temporarily locked|JWT token is invalid|Code: 516\b/i,
      weight: 0.94,
    },
    {
      type: named(
        "InvalidPassword",
        "InvalidAuthorizationSpecification",
        "AuthenticationFailure",
        "AuthenticationError",
        "AuthenticationException",
        "LoginError",
        "AuthFailed",
      ),
      weight: 0.88,
    },
  ],
  unless: /docker|registry|git /i,
  object: [/(?:for user|for principal|for role|role|login of) ['"]?([\w@.$-]+)/i, /Login failed for user '([^']+)'/i],
  summary: (o, p) =>
    `The database refused the login of ${o ?? "the configured user"} in ${p.task}; the connection's owner must correct user or password.`,
  nextStep: "Correct the user or password in the connection (or unlock the account), then rerun.",
};
