import { named, type Signature } from "../signature.js";

export const foreignKeyMissing: Signature = {
  id: "foreign-key-missing",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /violates foreign key constraint|a foreign key constraint fails|ORA-02291|FOREIGN KEY constraint failed|SQLSTATE:? ?23503|conflicted with the FOREIGN KEY|is not present in table/i,
      weight: 0.94,
    },
    { type: named("ForeignKeyViolation"), weight: 0.95 },
  ],
  unless: /"?task_(?:fail|instance|reschedule)"?|dag_run/,
  object: [/Key (\([^)]+\)=\([^)]*\))/, /constraint "([^"]+)"/],
  summary: (o, p) =>
    `Rows of ${p.task} point at ${o ?? "a parent row"} that is not there; the parent's producer must deliver it or the rows be corrected.`,
  nextStep: "Load the missing parent rows, or quarantine the orphans, then rerun.",
};
