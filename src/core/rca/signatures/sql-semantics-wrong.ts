import { named, type Signature } from "../signature.js";

export const sqlSemanticsWrong: Signature = {
  id: "sql-semantics-wrong",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /\[(?:AMBIGUOUS_REFERENCE|AMBIGUOUS_COLUMN\w*|MISSING_AGGREGATION|MISSING_GROUP_BY|GROUP_BY_AGGREGATE|DATATYPE_MISMATCH|UNSUPPORTED_FEATURE|UNSUPPORTED_OPERATION\w*|WRONG_NUM_ARGS|INVALID_\w*(?:ARGUMENT|PARAMETER_VALUE|FORMAT|PATTERN)\w*|NUM_COLUMNS_MISMATCH|SCALAR_SUBQUERY\w*|UNSUPPORTED_SUBQUERY\w*|UNSUPPORTED_EXPR\w*|INVALID_EXTRACT\w*|INVALID_ARRAY_INDEX\w*|WINDOW_FUNCTION\w*|NOT_A_\w+|COLUMN_ALREADY_EXISTS|TABLE_OR_VIEW_ALREADY_EXISTS|DUPLICATE\w*ALIAS|UNEXPECTED_INPUT_TYPE|NON_PARTITION_COLUMN|GENERATED_COLUMN\w*|CANNOT_CONVERT_COLUMN\w*|CANNOT_\w*CAST_\w+|DELTA_SOURCE_TABLE_IGNORE_CHANGES|DELTA_SOURCE_IGNORE_DELETE|DELTA_UNSUPPORTED\w*|NESTED_AGGREGATE_FUNCTION|UDTF\w*|UNBOUND_SQL_PARAMETER|STREAMING_\w+|INVALID_OBSERVED_METRICS|RECURSIVE\w*|EXPRESSION_\w+|INVALID_WRITE_DISTRIBUTION|\w*PANDAS_UDF\w*|\w*ARROW_UDF\w*|UDF_\w+|CANNOT_\w*UDF\w*)[\w.]*\]|Detected a data (?:update|deletion)|Append output mode not supported|is ambiguous|must appear in the GROUP BY|not a GROUP BY expression|aggregate functions are not allowed|operator does not exist|argument types?|Queries with streaming sources must be executed|not contained in (?:either )?an aggregate|SQLSTATE:? ?(?:42803|42702|42804|42K09|42846|42883|42809|42P10|42P20)|No matching signature|Invalid argument types|Partition columns do not match|Incorrect number of arguments|ORA-0(?:0937|0979|0918|0932|1427)/i,
      weight: 0.88,
    },
    {
      type: named(
        "AmbiguousColumn",
        "GroupingError",
        "DatatypeMismatch",
        "AmbiguousFunction",
        "WrongObjectType",
        "SyntaxErrorOrAccessRuleViolation",
      ),
      weight: 0.9,
    },
    { text: /\[[A-Z][A-Z0-9_]{3,}(?:\.[A-Z0-9_]+)*\].{0,3000}SQLSTATE:? ?(?:42|0A|38|39|2[01])/s, weight: 0.72 },
    {
      text: /\[(?:UNSUPPORTED|NOT_SUPPORTED|INVALID|CANNOT|NON|NOT|ILLEGAL|WRONG|UNEXPECTED|AMBIGUOUS|NESTED|UNRESOLVABLE|INCOMPARABLE|DUPLICATE|ALTER|CREATE|STREAMING|DELTA_UNSUPPORTED|DELTA_CANNOT|DELTA_INVALID|DELTA_ILLEGAL|DELTA_UNEXPECTED|DELTA_OPERATION|DELTA_MERGE|DELTA_ALTER|DELTA_COMPLEX|DELTA_SOURCE|DELTA_CREATE|DELTA_SET|DELTA_UPDATE)_[A-Z0-9_.]+\]/,
      weight: 0.62,
    },
    {
      text: /already exists\b.{0,60}(?:table|index|view|schema|database)|(?:table|index|view|schema|database|relation) [`'"]?[\w.]+[`'"]? already exists/i,
      weight: 0.8,
    },
    { text: /INSERT has (?:more|fewer) (?:expressions|target columns)/, weight: 0.84 },
  ],
  unless: /DELTA_UNSUPPORTED_FEATURES|SQLSTATE:? ?(?:56038|0AKDE)|CANNOT_MODIFY|REPLACE_WHERE_MISMATCH/,
  object: [
    /(?:Reference|column reference|column|expression|operation|function) [`"']([^`"']{1,60})[`"']/i,
    /\[(?!STREAM_FAILED|TASK_WRITE_FAILED)([A-Z][A-Z_]{4,})/,
  ],
  summary: (o, p) =>
    `The query of ${p.task} is wrong (${o ?? "see the statement"}); its author must correct it, a rerun can't help.`,
  nextStep: "Correct the query as the message says, test it on the same data, then rerun after the fix.",
};
