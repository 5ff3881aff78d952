import { named, type Signature } from "../signature.js";

export const testsFailed: Signature = {
  id: "tests-failed",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { text: /Assertion [`'].{1,300}' failed/, weight: 0.84 },
    {
      text: /coverage .{0,60}(?:below|less than|under|lower than)|(?:below|under) (?:the )?(?:coverage|required) threshold/i,
      weight: 0.86,
    },
    {
      text: /^FAILED \S+::|\d+ failed, \d+ passed|=+ .{0,60}\d+ failed|Tests: +\d+ failed|Test Suites: \d+ failed|There (?:are|were) test failures|There were failing tests|Tests run: \d+, Failures: [1-9]|--- FAIL: |^FAIL\s+\S+|test result: FAILED|AssertionError|AssertionFailedError|\d+ examples?, [1-9]\d* failures?|\d+ (?:tests?|specs?) failed|Expected .{1,80} (?:to (?:be|equal|contain|have)|but (?:got|was|found))|ComparisonFailure|Tests: \d+, Assertions: \d+, (?:Errors|Failures)|^FAILURES!|\d+ failing\b|Test (?:Run )?Failed|panicked at/m,
      weight: 0.72,
    },
    { type: named("AssertionError", "AssertionFailedError"), weight: 0.7 },
    { kinds: ["line"], text: /^\s*expect\((?:received|\w{1,40})\)\.(?:not\.)?to[A-Z]\w+\(/, weight: 0.92 },
    {
      text: /Tests run: \d+, (?:Failures: [1-9]|Failures: \d+, Errors: [1-9])|=+ .{0,80}\d+ failed|\d+ failing\b|FAILED \((?:failures|errors)=|test result: FAILED|There were failing tests|Tests: +\d+ failed|\d+ examples?, [1-9]\d* failures?|Failed tests?:|Tests: \d+, Assertions: \d+, (?:Errors|Failures)/,
      weight: 0.9,
    },
    {
      text: /^--- FAIL: |^FAIL\s+\S+\s+[\d.]+s|Some tests failed|\d+ tests? failed|tests? run: \d+ passed, [1-9]\d* failed|ERROR collecting|errors? during collection|test result: FAILED|Total test files: .{0,80}failed=/m,
      weight: 0.86,
    },
  ],
  unless: /expect_(?:column|table|multicolumn)_|error parsing|parse error|syntax|header/,
  object: [/FAILED (\S+::\S+)/, /--- FAIL: (\S+)/, /FAIL\s+(\S+)/],
  summary: (o, p) =>
    `Test ${o ?? "or assertion"} failed in ${p.task}; the change's author must correct code or test, a rerun can't help.`,
  nextStep: "Read the first failing test, correct the code, then run again.",
};
