import { named, type Signature } from "../signature.js";

export const syntaxError: Signature = {
  id: "syntax-error",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { text: /SYNTAX_ERROR: line \d+:\d+: (?!Column)/i, weight: 0.9 },
    {
      text: /\[PARSE_(?:SYNTAX_ERROR|EMPTY_STATEMENT)\]|syntax error (?:at or near|line|in)|You have an error in your SQL syntax|ORA-009(?:00|01|03|05|06|07|11|17|20|21|22|23|33|36)|Incorrect syntax near|Expecting \S{1,20}\. Line \d+, Col|mismatched input|extraneous input|no viable alternative|Syntax error: |SQL compilation error:?\s*syntax|SQLSTATE:? ?42601|near ".{1,40}": syntax error|Parser Error: |Code: 62\b|ParseException|unterminated quoted string|unexpected (?:end of file|EOF) while|syntax error near unexpected token|Unexpected token|Missing parentheses in call/i,
      weight: 0.93,
    },
    {
      type: named(
        "SyntaxError",
        "IndentationError",
        "TabError",
        "ParseException",
        "TemplateSyntaxError",
        "TemplateAssertionError",
      ),
      weight: 0.92,
    },
  ],
  unless: /JSON|yaml|Unexpected token .{0,40}in JSON/i,
  object: [/(?:near|unexpected|input) ['"`]([^'"`]{1,40})['"`]/, /(?:File|file) "([^"]+)", line/],
  summary: (o, p) =>
    `The SQL or code of ${p.task} does not parse (near ${o ?? "the marked place"}); its author must correct it, a rerun can't help.`,
  nextStep: "Correct the statement at the place shown, test it, then rerun after the fix.",
};
