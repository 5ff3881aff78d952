import { named, type Signature } from "../signature.js";

export const duplicateKey: Signature = {
  id: "duplicate-key",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /duplicate key value violates|Duplicate entry '|ORA-00001|UNIQUE constraint failed|Violation of (?:PRIMARY KEY|UNIQUE KEY)|SQLSTATE:? ?23505|E11000 duplicate key|\[(?:DUPLICATED_MAP_KEY|DUPLICATE_KEY)\]|duplicate key|Constraint Error: Duplicate|already exists\.?$.{0,10}DETAIL|\d+ duplicate (?:keys?|rows?|records?)|duplicates? (?:found|detected|in)/i,
      weight: 0.92,
    },
    { type: named("UniqueViolation", "DuplicateKeyError", "DuplicateKeyException"), weight: 0.95 },
    {
      text: /\[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE\]|multiple source rows (?:matched|attempted)|Duplicate row detected during DML|UPDATE\/MERGE must match at most one source row|cannot affect row a second time|SQLSTATE:? ?21(?:000|506)|more than one row returned by a subquery|Merge keys are not unique|cannot reindex on an axis with duplicate/i,
      weight: 0.92,
    },
  ],
  // A report of several checks is one finding, whatever its first check was about.
  unless:
    /pg_(?:type|class|namespace|attribute|proc|database)_\w+_index|possibly caused by concurrent transaction|\b\d+ of \d+ (?:\w+ )?(?:checks?|expectations?|assertions?)\b|\bchecks? failed on\b|task_fail|dag_run|DagRunAlreadyExists|\bdag_id\b.{0,40}run_id|CREATE (?:TABLE|DATABASE|SCHEMA)/,
  object: [
    /Key (\([^)]+\)=\([^)]*\))/,
    /constraint "([^"]+)"/,
    /Duplicate entry '([^']+)'/,
    /duplicate (?:keys?|rows?) \(([^)]+)\)/,
    /duplicate \w+ (?:key )?['"]?([\w.-]+)/,
  ],
  summary: (o, p) =>
    `Duplicate keys ${o ?? "in the input"} stop ${p.task}; the rows must be cleaned (or an earlier half-done load removed) first.`,
  nextStep: "Check whether an earlier try already loaded the rows; remove the duplicates, then rerun after the fix.",
};
