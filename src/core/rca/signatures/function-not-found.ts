import { named, type Signature } from "../signature.js";

export const functionNotFound: Signature = {
  id: "function-not-found",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /\[(?:UNRESOLVED_ROUTINE|ROUTINE_NOT_FOUND|UNRESOLVED_TABLE_VALUED_FUNCTION)\]|SQLSTATE:? ?42883/,
      weight: 0.9,
    },
    { type: named("UndefinedFunction"), weight: 0.8 },
  ],
  unless: /operator does not exist/,
  object: [/(?:routine|function)\s+[`"']?([\w.`]+)/i],
  summary: (o, p) =>
    `Function ${o ?? "it calls"} is not defined where ${p.task} runs; its owner must register it or correct the name.`,
  nextStep: "Register the function (or install the extension that brings it) in this catalog, then rerun.",
};
