import { named, type Signature } from "../signature.js";

export const nullNotAllowed: Signature = {
  id: "null-not-allowed",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /null value in column|violates not-null constraint|\[(?:DELTA_NOT_NULL_CONSTRAINT_VIOLATED|NOT_NULL_ASSERT_VIOLATION|DELTA_MISSING_NOT_NULL_COLUMN_VALUE)\]|SQLSTATE:? ?23502|Column '[^']+' cannot be null|cannot insert (?:the value )?NULL|ORA-01400|NOT NULL constraint (?:failed|violated)|NULL result in a non-nullable column|Required field .{1,80} cannot be null|Cannot insert NULL/i,
      weight: 0.95,
    },
    { type: named("NotNullViolation"), weight: 0.96 },
  ],
  object: [/column ['"`]?([\w.]+)['"`]?/i, /constraint (?:failed|violated)[^:]*: ([\w.]+)/i],
  summary: (o, p) =>
    `Column ${o ?? "of the target"} got nulls in the input of ${p.task}; the producer must correct the rows, a rerun can't help.`,
  nextStep: "Find the rows with nulls in the input, have them corrected or quarantined, then rerun after the fix.",
};
