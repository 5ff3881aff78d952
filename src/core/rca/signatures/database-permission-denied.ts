import { named, type Signature } from "../signature.js";

export const databasePermissionDenied: Signature = {
  id: "database-permission-denied",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /permission denied for (?:table|schema|relation|database|view|sequence|function|column)|must be owner of|SQL access control error|Insufficient privileges|\[INSUFFICIENT_PERMISSIONS[\w.]*\]|SQLSTATE:? ?42501|ORA-01031|(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|EXECUTE) (?:command|permission) (?:was )?denied|permission was denied on|Access Denied: (?:Table|Dataset|Project|BigQuery)|does not have (?:the )?\S+ permission|not authorized to (?:SELECT|create|use)|Code: 497\b|Not enough privileges|User does not have (?:USE|SELECT|MODIFY|permission|bigquery)|is not authorized to access/i,
      weight: 0.93,
    },
    { type: named("InsufficientPrivilege"), weight: 0.94 },
  ],
  object: [
    /denied for (?:table|schema|relation|database|view|sequence|function|column) [`"']?([\w.]+)/i,
    /(?:on|Table|Dataset|object|Schema|table) [`"']?([\w.:-]+)/,
  ],
  summary: (o, p) =>
    `The user of ${p.task} may not use ${o ?? "the object"} in the database; the table's owner must grant the right.`,
  nextStep: "Have the missing privilege granted to the role this task uses, then rerun.",
};
