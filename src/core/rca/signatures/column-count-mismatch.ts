import type { Signature } from "../signature.js";

export const columnCountMismatch: Signature = {
  id: "column-count-mismatch",
  category: "schema_drift",
  rerunHelps: "no",
  proofs: [
    {
      text: /Number of columns in file .{0,60}does not match|\[(?:NUM_COLUMNS_MISMATCH|INSERT_COLUMN_ARITY_MISMATCH|NUM_TABLE_VALUE_ALIASES_MISMATCH|ASSIGNMENT_ARITY_MISMATCH|DELTA_INSERT_COLUMN_ARITY_MISMATCH)[\w.]*\]|columns passed, passed data had \d+|Column count doesn't match|(?:Expected|expected) \d+ columns|Length mismatch: Expected axis has|has \d+ columns but|ORA-00913|ORA-00947|extra data after last expected column|missing data for column|number of columns|SQLSTATE:? ?21S01|inconsistent number of (?:columns|fields)/i,
      weight: 0.88,
    },
  ],
  object: [/COPY (\w+)/, /INTO [`"]?([\w.]+)/i, /(\S+\.csv)/],
  summary: (o, p) =>
    `The data for ${o ?? "the table"} has another number of columns than ${p.task} expects; the producer must say what changed.`,
  nextStep: "Compare the header of the input with the table; change the load or the feed, then rerun after the fix.",
};
