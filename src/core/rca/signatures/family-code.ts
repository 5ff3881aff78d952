import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyCode: Signature = {
  id: "family-code",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /conversion failed for column \S+ with type object|cannot mix list and non-list|not implemented for chunked array/i,
      weight: 0.84,
    },
    { text: /^panicked: (?:src|tests|examples)\//, weight: 0.8 },
    {
      text: /(?:unary|binary|integer) (?:operator|expression) expected|: too many arguments$|bad substitution|parameter null or not set|thread '[^']{1,80}' panicked at (?:src|tests|examples)\/|method not found|no method matching|missing value where TRUE\/FALSE needed|argument is of length zero|undefined columns selected|missing FROM-clause entry/i,
      weight: 0.8,
    },
    { text: codeOf("transformation_error"), weight: 0.6 },
    {
      type: /(?:^|[.$])\w*(?:Semantic|Syntax|Analysis|Compilation|MatchError|IllegalArgument|Unsupported\w*|NotImplemented|Serialization)\w*(?:Error|Exception)?$/,
      weight: 0.54,
    },
    {
      text: /no applicable method for|object of type '\w+' is not subsettable|non-numeric argument|argument ["'`]?\w+["'`]? is (?:missing|of)|MatchError: |is not a valid group by|violations?\.?$|Checkstyle|eslint|no-undef|Failure\/Error:|examples?, [1-9]\d* failures?|would be overwritten by merge|CANNOT_\w+|multiple statements failed|No common columns to perform merge|Singular matrix|did not converge|shapes? .{1,60} not aligned|operands could not be broadcast/i,
      weight: 0.58,
    },
  ],
  object: [/(?:method|function|argument|column) ["'`‘]?([\w.]{2,50})/],
  summary: (o, p) =>
    `The code or query of ${p.task} is wrong (${o ?? "see the message"}); its author must correct it, a rerun can't help.`,
  nextStep: "Correct the code at the place the message names, then run again.",
};
