import { named, type Signature } from "../signature.js";

export const checkConstraintBroken: Signature = {
  id: "check-constraint-broken",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /violates check constraint|CHECK constraint|\[(?:DELTA_VIOLATE_CONSTRAINT_WITH_VALUES|DELTA_NEW_CHECK_CONSTRAINT_VIOLATION|CHECK_CONSTRAINT_VIOLATION)\]|SQLSTATE:? ?23(?:001|514|512|513)|violates? (?:the )?constraint|ORA-02290|exclusion constraint|EXPECTATION_VIOLATION|\[EXPECTATION/i,
      weight: 0.94,
    },
    { type: named("CheckViolation", "ExclusionViolation"), weight: 0.95 },
    { text: /\[DELTA_REPLACE_WHERE_MISMATCH\]|does not conform to partial table overwrite condition/, weight: 0.9 },
  ],
  object: [/constraint:? ["'`]?(\w+)/i],
  summary: (o, p) =>
    `Rows in ${p.task} break the constraint ${o ?? "of the table"}; the producer must correct the values, a rerun can't help.`,
  nextStep: "Look at the violating rows and correct them at the source, then rerun after the fix.",
};
