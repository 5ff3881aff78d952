import type { Signature } from "../signature.js";

export const inputNotReady: Signature = {
  id: "input-not-ready",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /ERROR STALE|\d+ of \d+ sources? (?:is|are) stale|freshness (?:check )?(?:failed|violat|exceeded)|[Ee]xpected \d+ .{0,40}(?:files?|partitions?|extracts?|exports?|feeds?)\b.{0,60}(?:found|got|received|only) \d+/i,
      weight: 0.84,
    },
    {
      text: /not (?:yet )?(?:ready|available|arrived|landed|complete|published|delivered|loaded) (?:after|yet|for|by|within|before)|still not (?:ready|available|there)|has not (?:yet )?(?:arrived|landed|been (?:delivered|published|loaded|updated))|(?:data|table|partition|source|feed|file|watermark)\b.{0,80}\b(?:is|are) (?:stale|late|too old|out of date|outdated)|freshness .{0,60}(?:ERROR|exceeded|fail|stale)|last (?:update|load|modified) .{0,60}(?:too old|older than|behind|hours ago)|(?:waited|waiting) .{0,80}(?:but|and) .{0,60}(?:never|not) (?:arrive|appear|came)|ERROR STALE|does not have state (?:success|\S+)|external (?:DAG|task) .{1,120} does not exist|source freshness/i,
      weight: 0.88,
    },
    {
      text: /\b\d+ ?(?:days?|hours?|minutes?|d|h) (?:old|late|behind|stale)\b|\bSLA (?:is|of|breach|miss)/i,
      weight: 0.82,
    },
  ],
  object: [/(?:partition|table|file|source|feed|dataset|data) ([\w.=:/-]+)/i],
  summary: (o, p) =>
    `Upstream data ${o ?? "it needs"} was late for ${p.task}; the producer must deliver it, then a rerun helps.`,
  nextStep: "Find out when the producer finishes; rerun after it has delivered.",
};
