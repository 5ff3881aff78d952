import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familySchema: Signature = {
  id: "family-schema",
  category: "schema_drift",
  rerunHelps: "no",
  proofs: [
    { text: /no longer (?:being )?(?:delivered|sent|present|provided|there|part of)/i, weight: 0.78 },
    {
      type: /(?:^|[.$])\w*(?:Payload|Layout|Header|Contract|Schema|Structure|Format|Column|Field)s?\w*Changed$/,
      weight: 0.74,
    },
    { text: /\[type=(?:missing|extra_forbidden|\w+_type)\b/i, weight: 0.8 },
    {
      text: /no longer (?:carries|has|contains|includes|exists|delivers|sends|provides)\b|(?:was|were|been) renamed|(?:calls it|is now called|renamed to)/i,
      weight: 0.78,
    },
    {
      type: /(?:^|[.$])(?:\w*(?:Contract|Drift|Layout|Header|Column|Field|Schema)\w*(?:Changed?|Drift|Mismatch|Missing|Violation|Violated|Broken|Error|Exception)|\w*Drift)$/,
      weight: 0.72,
    },
    {
      text: /mapper_parsing_exception|failed to parse field|feature names (?:should match|unseen)|(?:is expecting|expected) \d+ (?:features|columns|fields)|number of (?:features|columns|fields) .{0,60}(?:does not match|differs|must (?:be|match)|mismatch)|(?:[Ww]orksheet|[Ss]heet|tab) (?:named |name )?['"].{1,60}['"] (?:not found|does not exist|is missing)|is <.{1,60}> of type .{1,60} expected/i,
      weight: 0.84,
    },
    { text: codeOf("schema_drift"), weight: 0.64 },
    { type: /(?:^|[.$])\w*(?:Schema|Incompatible|TypeMismatch|ColumnMismatch)\w*(?:Error|Exception)$/, weight: 0.62 },
    {
      text: /incompatible with (?:type|schema|the)|has changed type|type .{1,60} (?:is )?(?:incompatible|does not match)|not compatible with (?:the )?(?:schema|type)|unknown (?:column|field)|additionalProperties|document failed validation|schema (?:validation|mismatch|error)/i,
      weight: 0.66,
    },
  ],
  unless: /validation errors? for \w*(?:Settings|Config|Options|Env)\w*|TemplateSyntax/,
  object: [/(?:[Ff]ield|[Cc]olumn) ["'`]?([\w.]+)/],
  summary: (o, p) =>
    `The data's shape (${o ?? "a field"}) is not what ${p.task} expects; the producer must say what changed, a rerun can't help.`,
  nextStep: "Compare the schema with that of the last good run and agree with the producer.",
};
