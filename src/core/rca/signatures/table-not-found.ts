import { named, type Signature } from "../signature.js";

export const tableNotFound: Signature = {
  id: "table-not-found",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    { text: /[\w:.-]+\.\w+ was not found in location/i, weight: 0.9 },
    {
      text: /\[(?:TABLE_OR_VIEW_NOT_FOUND|DELTA_TABLE_NOT_FOUND|VIEW_NOT_FOUND)[\w.]*\]|SQLSTATE:? ?42P01|relation "[^"]{1,120}" does not exist|Table '[^']{1,120}' doesn't exist|ORA-00942|Invalid object name|Table or view not found|no such table|Not found: Table|Object '[^']{1,160}' does not exist or not authorized|Table [\w.`"]+ (?:doesn't|does not) exist|Table with name \S+ does not exist|table [`'"]?[\w.]+[`'"]? (?:not found|does not exist)|NoSuchTableException|Catalog Error: Table|index_not_found_exception|no such index/i,
      weight: 0.93,
    },
    {
      type: named("UndefinedTable", "NoSuchTableError", "NoSuchTableException", "TableNotFoundException"),
      weight: 0.94,
    },
    { text: /Table not found '[^']+'|TABLE_NOT_FOUND|Table or view .{1,80}not found/, weight: 0.9 },
  ],
  unless:
    /column .{1,80} of relation|(?:relation "|no such table: )(?:dag|log|job|task_instance|dag_run|slot_pool|serialized_dag)\b/,
  object: [
    /table or view [`"']?([\w.`]+?)[`"']? cannot/,
    /(?:relation|no such table:|no such index|Invalid object name|Table with name) ["'[]?([\w.$-]+)/,
    /Not found: Table ([\w.:$-]+)/,
    /(?:Table|Object|table|view) [`"']?([\w.:$-]+)[`"']?/,
  ],
  summary: (o, p) =>
    `Table ${o ?? "it reads"} does not exist for ${p.task}; its producer must create it, or the job's owner correct the name.`,
  nextStep:
    "Check whether the task that creates the table ran, and the catalog and schema in use; rerun once it exists.",
};
