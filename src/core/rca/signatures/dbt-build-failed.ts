import type { Signature } from "../signature.js";

export const dbtBuildFailed: Signature = {
  id: "dbt-build-failed",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /depends on a (?:source|node|macro) named|dbt found two |Parsing Error|is not compatible with dbt/,
      weight: 0.84,
    },
    { text: /Compilation Error|Runtime Error in model|Database Error in model|Parsing Error/, weight: 0.6 },
  ],
  object: [/in (?:model|test|seed|snapshot|macro) (\S+)/],
  summary: (o, p) => `dbt could not build ${o ?? "a model"} in ${p.task}; the model's author must look at the error.`,
  nextStep: "Correct the model as the message says, then run dbt again after the fix.",
};
