import { named, type Signature } from "../signature.js";

export const columnNotFound: Signature = {
  id: "column-not-found",
  category: "schema_drift",
  rerunHelps: "no",
  proofs: [
    { text: /ColumnNotFound\b/, weight: 0.84 },
    { text: /has no column named/, weight: 0.88 },
    {
      text: /\b(?:fields?|columns?)\b.{0,80} not (?:present|found|defined|contained|in) (?:in )?(?:the |its )?(?:\w+ )?(?:data ?frame|schema|table|input|source|file|header)|column '[^']{1,80}' not in \w*[Ss]chema/i,
      weight: 0.93,
    },

    {
      text: /\[(?:UNRESOLVED_COLUMN|UNRESOLVED_FIELD|UNRESOLVED_MAP_KEY|FIELD_NOT_FOUND|COLUMN_NOT_FOUND|DELTA_COLUMN_NOT_FOUND[\w]*|MISSING_ATTRIBUTES|COLUMN_NOT_DEFINED_IN_TABLE)[\w.]*\]|SQLSTATE:? ?42703|column "?[\w.]{1,120}"? (?:of relation "[^"]+" )?does not exist|Unknown column '|[Cc]olumns? not found: |invalid identifier|ORA-00904|Unrecognized name:|Invalid column name|no such column|Referenced column "|"[^"]{1,80}" not found in FROM clause|Candidate bindings|Column .{1,80} (?:does not exist|not found|cannot be resolved|is missing|doesn't exist|not present)|There is no column|Cannot resolve column|cannot resolve '|No field named|Unable to find column|Missing columns?:|column\(s\) .{1,80}(?:not found|missing)|Name \w+ not found inside/i,
      weight: 0.9,
    },
    { type: named("UndefinedColumn", "ColumnNotFoundError", "FieldNotFound", "MissingColumnError"), weight: 0.9 },
    {
      text: /not in index"?\]?$|None of \[.{1,300}\] are in the|Usecols do not match columns|columns expected but not found|missing (?:required )?columns?|required columns? .{0,80}missing|Missing required columns?|(?:columns?|fields?) (?:are )?missing (?:from|in)|unexpected columns?|extra columns?|expected columns?|schema (?:has )?changed|column order/i,
      weight: 0.86,
    },
    {
      type: named("KeyError"),
      context: /pandas\/|pandas\.|get_loc|polars|pyarrow|core\/frame\.py|core\/indexes/,
      weight: 0.8,
    },
  ],
  unless: /variable "?\w+"? does not exist|Variable \S+ does not exist/,
  object: [
    /(?:name|column|field|Column|Field|identifier|name:|column:) [`"']([\w.`$ -]+?)[`"']/,
    /column "?([\w.]+)"? (?:of relation "[^"]+" )?does not exist/,
    /Unrecognized name: ([\w.]+)/,
    /KeyError: ['"]([^'"]+)['"]/,
    /[`"']([\w.$ -]{1,60})[`"'] not found/,
    /\[['"]([\w.$ -]+)['"]/,
  ],
  summary: (o, p) =>
    `Column ${o ?? "it reads"} is not in the data that ${p.task} got; the producer must say whether it was renamed, a rerun can't help.`,
  nextStep: "Compare the input's columns with those of the last good run and agree on the rename with the producer.",
};
