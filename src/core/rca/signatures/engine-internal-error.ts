import { named, type Signature } from "../signature.js";

export const engineInternalError: Signature = {
  id: "engine-internal-error",
  category: "platform_bug",
  rerunHelps: "no",
  proofs: [
    { text: /java\.lang\.VerifyError|Bad type on operand stack|AssertionError: assertion failed: /i, weight: 0.9 },
    {
      text: /'\w+(?:Operator|OperatorAsync|Hook|HookAsync|Trigger|Sensor|SensorAsync)' object has no attribute/,
      own: false,
      weight: 0.86,
    },
    {
      type: named("KeyError", "AttributeError", "TypeError", "UnboundLocalError"),
      own: false,
      context: /(?:airflow|astronomer)\/providers\/\S+\.py:(?:execute_complete|run|serialize|_\w+)(?:\n|$)(?!\S+\.py:)/,
      weight: 0.82,
    },
    { text: /internally failed to execute|this is an error in \w+\. /i, weight: 0.9 },
    { text: /SQL execution internal error|Processing aborted due to error \d+/, weight: 0.9 },
    {
      type: named("AssertionError"),
      own: false,
      context: /(?:^|\n)\S*\/(?:airflow\/(?!providers)|dbt|celery|kombu|pyspark)\S*\.py:\S+\n(?!\S+\.py:\S+(?:\n|$))/,
      weight: 0.82,
    },
    {
      text: /internal compiler error|compiler (?:crashed|panicked)|BUG: |INTERNAL ASSERT FAILED|\berror: INTERNAL ERROR\b/,
      weight: 0.94,
    },
    { type: /(?:^|[.$])PanicException$/, weight: 0.84 },
    { text: /panicked at [^\n]{0,40}(?:crates\/|\.cargo\/|registry\/src\/|rustc\/)/, weight: 0.84 },
    {
      text: /\bINTERNAL Error: |InternalException: INTERNAL|assertion failure within|internal error: please report/,
      weight: 0.88,
    },

    {
      type: named("ClassCastException", "NullPointerException", "MatchError", "IllegalStateException"),
      context: /^(?:\s*at |[\w/.$-]*)?org[./]apache[./]spark[./]sql[./](?:catalyst|execution[./]adaptive)/,
      weight: 0.8,
    },

    {
      text: /(?:ClassCastException|AssertionError|MatchError|NullPointerException|IllegalStateException)\b.{0,200}(?:sql\.catalyst|optimizer|codegen|planner)/s,
      weight: 0.86,
    },

    {
      text: /\[INTERNAL_ERROR[\w.]*\]|SQLSTATE:? ?XX(?:000|KD\d)|ORA-00600|ORA-07445|This is a bug|please (?:file|report|open|submit|raise) (?:a|an|this) (?:bug|issue|ticket)|report this (?:bug|issue|error|crash)|(?:this|it) is (?:most )?(?:likely|probably|certainly) a bug|The compiler unexpectedly panicked|codegen.{0,60}grows beyond 64 KB|NotImplementedError: .{0,60}provider/i,
      weight: 0.84,
    },
  ],
  object: [/\[([A-Z_]+)/],
  summary: (o, p) =>
    `The engine that runs ${p.task} failed inside itself (${o ?? "internal error"}); the platform team should look for a known defect.`,
  nextStep: "Search the defect by its text and version; try the version of the last good run.",
};
