import { named, type Signature } from "../signature.js";

export const statementTimedOut: Signature = {
  id: "statement-timed-out",
  category: "timeout",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /canceling statement due to statement timeout|Statement .{0,80}timed out|Timeout threshold exceeded for SQL|Query (?:execution )?(?:timed out|was cancelled due to timeout|exceeded .{0,30}time)|statement timeout|SQLSTATE:? ?57014|max_statement_time|maximum statement execution time exceeded|Statement reached its statement or warehouse timeout|Code: 159\b|Execution Timeout Expired|query_timeout|Query exceeded limit for/i,
      weight: 0.93,
    },
    { type: named("QueryCanceled", "QueryCanceledError"), weight: 0.9 },
    { text: /Could not execute broadcast in \d+ secs?/, weight: 0.93 },
  ],
  object: [/(?:in|after|of) (\d+ ?(?:secs?|seconds|ms|s|minutes))/],
  summary: (o, p) =>
    `A statement of ${p.task} ran longer than its limit (${o ?? "statement time-out"}); its owner must look at the query plan or the limit.`,
  nextStep: "Look at the query's plan, locks and data volume; rerun only if the load has passed.",
};
