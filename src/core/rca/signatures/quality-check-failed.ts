import { named, type Signature } from "../signature.js";

export const qualityCheckFailed: Signature = {
  id: "quality-check-failed",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /AssertionError: \d[\d,.]* \w+ (?:carry|have|has|share|lack|miss|are|were|with|without|of)\b/i,
      weight: 0.86,
    },
    {
      text: /(?:FAIL|failed|unsuccessful).{0,80}expect_(?:column|table|multicolumn)_\w+|\d+ of \d+ expectations? (?:were )?met/i,
      weight: 0.93,
    },
    { text: /Got \d+ results?, configured to (?:fail|warn)/, weight: 0.95 },
    { text: /\b\d+ of \d+ FAIL \d+ \w+/, weight: 0.92 },
    { text: /^pandera\.errors\./, weight: 0.92 },
    {
      type: named("SchemaError", "SchemaErrors"),
      text: /SERIES_CONTAINS_(?:DUPLICATES|NULLS)|DATAFRAME_CHECK|failed (?:element-wise|series or dataframe) validator|contains (?:duplicate|null) values|DUPLICATES/,
      weight: 0.9,
    },
    {
      text: /USER_RAISED_EXCEPTION.{0,200}\b\d+ (?:duplicate|null|negative|invalid|orphan\w*|missing|bad|late|rejected)|\b(?:dq|data quality|quality gate|assert\w*): .{0,40}\d+ (?:duplicate|null|negative|invalid|orphan\w*|missing|bad|rejected)/i,
      weight: 0.9,
    },

    { type: /(?:^|\.)pandera\.errors\.\w+$/, weight: 0.92 },

    {
      text: /The following tests have failed|Test failed\.\s*(?:Results|Query|Pass value|Tolerance)|Failure in test \w+|(?:DQ|data quality|quality|expectation|validation|soda|great_expectations)s?\b.{0,60}(?:fail|violat|not met|unsuccessful|did not pass)|(?:checks?|expectations?|validations?|tests?) (?:have |has )?failed\b.{0,80}(?:rows?|column|null|duplicate|unique|table)|unsuccessful expectations?|"success": ?false|unexpected_(?:count|percent)|Validation of data asset|oops, .{0,60}checks? (?:FAIL|fail)|\d+(?:\/\d+)? checks? (?:failed|FAILED)|Tests? failed for .{0,80}(?:null|unique|accepted)/i,
      weight: 0.9,
    },
    {
      type: named(
        "DataQualityError",
        "DataQualityException",
        "ExpectationFailed",
        "GreatExpectationsError",
        "ValidationException",
        "CheckFailed",
        "DataCheckError",
      ),
      weight: 0.86,
    },
    {
      type: named(
        "AssertionError",
        "ValueError",
        "AirflowException",
        "AirflowFailException",
        "Exception",
        "RuntimeError",
      ),
      text: /\b(?:rows?|nulls?|duplicates?|duplicate|unique|row ?count|records?|missing values?|NaN|outliers?|negative|null rate|completeness|sum of|totals? (?:do|does)|reconcil\w+|percent|threshold|below minimum|above maximum|below (?:the )?(?:minimum|threshold)|exceeds (?:the )?(?:maximum|threshold|limit)|expected between)\b/i,
      weight: 0.84,
    },
  ],
  unless:
    /AssertionError: assertion failed: |Param(?:eter )?[Vv]alidation|Tests: \d+, Assertions|AssertionError: assert |expect\(received\)|\bno rows\b|\b0 rows|zero rows|empty|Unauthorized|timed out|threshold exceeded for SQL|memory|too many (?:connections|requests)|failed with terminal state|Bash command|quota|rate limit|errorhandler|_exception'/i,
  object: [
    /(?:checks?|expectations?|assertions?) failed (?:on|for|in) (?:table )?[`"']?(\w+(?:\.\w+)+)/i,
    /Column: (\w+)/,
    /(\w+) row ?count\b/i,
    /\b\d+ (?:null|duplicate|negative|missing|invalid|empty)s? (?:in |values in |rows in )?([\w.]{3,60})/,
    /Failure in test (\w+)/,
    /\b(\w+): Got \d+ results?/,
    /(?:in|on|for|of) (?:table |column )?[`"']?([\w]+\.[\w.]+|\w+_\w+)[`"']?/,
    /\b(\w+_(?:id|key|count|rate|amount))\b/,
  ],
  summary: (o, p) =>
    `The quality check on ${o ?? "the data"} failed in ${p.task}; the data's producer must look at the rows, a rerun can't help.`,
  nextStep: "Look at the failing rows named in the evidence, correct them at the source, then rerun.",
};
