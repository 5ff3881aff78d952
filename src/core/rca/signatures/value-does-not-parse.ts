import { named, type Signature } from "../signature.js";

export const valueDoesNotParse: Signature = {
  id: "value-does-not-parse",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    { text: /out of range value for column|numeric value out of range|arithmetic overflow error/i, weight: 0.9 },
    {
      text: /\[(?:CAST_INVALID_INPUT|CAST_OVERFLOW|ARITHMETIC_OVERFLOW|CANNOT_PARSE_TIMESTAMP|CANNOT_PARSE_DATE|NUMERIC_VALUE_OUT_OF_RANGE|CAST_OVERFLOW_IN_TABLE_INSERT|INVALID_JSON_RECORD_TYPE|CANNOT_PARSE_JSON_FIELD|CONVERSION_INVALID_INPUT|DATETIME_FIELD_OUT_OF_BOUNDS|INCONSISTENT_BEHAVIOR_CROSS_VERSION\.PARSE_DATETIME_BY_NEW_PARSER)[\w.]*\]|SQLSTATE:? ?22(?:018|003|007|008|P02)|invalid input syntax for|Numeric value '.{0,80}' is not recognized|(?:Date|Timestamp|Boolean) .{0,60} is not recognized|Incorrect (?:integer|decimal|datetime|date|double) value|out of range for (?:type|column)|(?:integer|numeric field|value) (?:overflow|out of range)|ORA-0(?:1722|1841|1843|1847|1858|1861|6502)|Error converting data type|Conversion failed when converting|Could not convert string|Failed to parse string|Error when converting column|Could not (?:parse|cast|convert) '|Bad int64 value|Could not parse '|Invalid (?:timestamp|date|datetime|NUMERIC value)|Code: (?:6|27|38|41|53|72)\b|Out of bounds nanosecond timestamp|unable to parse string|Unparseable (?:date|number)/i,
      weight: 0.88,
    },
    {
      type: named(
        "InvalidTextRepresentation",
        "NumericValueOutOfRange",
        "InvalidDatetimeFormat",
        "DatetimeFieldOverflow",
        "ArrowInvalid",
        "ArrowTypeError",
        "OutOfBoundsDatetime",
        "DateTimeParseException",
        "NumberFormatException",
      ),
      weight: 0.85,
    },
    { text: /invalid literal for int\(\) with base \d+: /, weight: 0.68 },
    { text: /SQLSTATE:? ?22[0-9A-Z]{3}/, weight: 0.66 },
  ],
  unless: /must be specified as|incompatible types|Unable to merge|magic bytes|IPC|Schema at index/,
  object: [
    /(?:convert|parse) string:? ["']([^'"]{1,60})["']/i,
    /(?:value|input syntax for type \w+|base \d+|recognized|(?:to )?(?:float|int|integer))[: ]*['"]([^'"]{1,60})['"]/,
    /Numeric value '([^']+)'/,
    /column ["'`]([\w.]+)/,
  ],
  summary: (o, p) =>
    `The value ${o ?? "in the input"} does not parse in ${p.task}; the producer must correct the rows, a rerun can't help.`,
  nextStep: "Find the offending rows; have them corrected or quarantined, then rerun after the fix.",
};
