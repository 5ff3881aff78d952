import { named, type Signature } from "../signature.js";

export const connectionsExhausted: Signature = {
  id: "connections-exhausted",
  category: "quota_or_rate_limit",
  rerunHelps: "yes",
  proofs: [
    {
      text: /too many connections|too many clients|remaining connection slots|max(?:imum)? (?:number of )?(?:connections|sessions|client connections)|SQLSTATE:? ?53300|ORA-00018|ORA-00020|ORA-12516|QueuePool limit|connection pool (?:exhausted|is full|timed out)|Connection limit exceeded|max_user_connections/i,
      weight: 0.93,
    },
    { type: named("TooManyConnections"), weight: 0.94 },
  ],
  object: [/(?:role|user|database) ["']?([\w.-]+)/],
  summary: (o, p) =>
    `The database has no free connection for ${o ?? "the user"} in ${p.task}; lower the load or raise the limit, then rerun.`,
  nextStep: "Find who holds the connections; rerun when they are free, or raise the limit.",
};
