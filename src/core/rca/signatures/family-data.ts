import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyData: Signature = {
  id: "family-data",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      type: /(?:^|[.$])\w*(?:(?<!Request|Execution|Connection|Job|Query|Login|Access)Rejected|RejectBatch|RejectRows?|GuardTripped)$/,
      weight: 0.66,
    },
    {
      kinds: ["exception", "line", "state"],
      text: /\d[\d ,.]* of \d[\d ,.]* (?:rows|records|articles|values|lines|items|entries|customers|orders|events|accounts)\b|\((?:limit|allowed|threshold|tolerance|max(?:imum)?)\b.{0,12}\d ?%/i,
      weight: 0.76,
    },
    {
      kinds: ["exception", "state"],
      text: /(?<![\w.])\d[\d.,]*%? ?(?:!=|<>|≠|vs\.?|versus|against) (?:\w+ ){0,2}\d[\d.,]*|out(?:side)? of tolerance|tolerance (?:is|of)|does not balance|out of balance/i,
      weight: 0.72,
    },
    {
      type: /(?:^|[.$])(?:\w*(?:OutOfBalance|Imbalance|Unbalanced|Reconcil\w*|Discrepanc\w*|Anomal\w*|Tolerance\w*|DataQuality\w*|QualityGate\w*|Expectation\w*|Duplicate[sd]?\w*|Outlier\w*|Completeness\w*|Uniqueness\w*|RowCount\w*|NullRate\w*|BadRows?\w*))$/,
      weight: 0.72,
    },
    { text: codeOf("data_quality"), weight: 0.62 },
    {
      type: /(?:^|[.$])\w*(?:Constraint|Integrity|BadData|Malformed|Corrupt|InvalidData|InvalidRecord|DataValidation|Validation)\w*(?:Error|Exception|Failed)?$/,
      weight: 0.58,
    },
    {
      text: /\bBAD_DATA\b|(?:is|are) not valid for schema|bad (?:records?|rows?|data)|too many errors, giving up|(?:totals?|counts?|sums?) .{0,60}mismatch|mismatch: .{0,60}(?:vs|versus|!=|<>)|do(?:es)? not (?:reconcile|balance|add up)|expected \d+ .{1,60}(?:found|got|but was|received) \d+/i,
      weight: 0.68,
    },
  ],
  unless: /config|setting|argument|parameter|AssertionError: assert|expect\(/i,
  object: [/(?:row|record|field|column|file)s? ["'`]?([\w./:-]{3,60})/i],
  summary: (o, p) =>
    `The data that ${p.task} got is not as it should be (${o ?? "see evidence"}); its producer must correct it, a rerun can't help.`,
  nextStep: "Look at the rows or totals named, correct them at the source, then rerun.",
};
