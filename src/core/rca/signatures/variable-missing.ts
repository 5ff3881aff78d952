import type { Signature } from "../signature.js";

export const variableMissing: Signature = {
  id: "variable-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { text: /Unable to retrieve variable from secrets backend/, weight: 0.6 },
    { text: /VARIABLE_NOT_FOUND|Variable \S+ does not exist/, weight: 0.97 },
  ],
  object: [/Variable (\S+) (?:does not exist|not found)/, /['"]key['"]: ?['"]([^'"]+)/],
  summary: (o, p) =>
    `Airflow variable ${o ?? "it reads"} is not defined; the DAG's owner must set it before ${p.task} can run.`,
  nextStep: "Set the variable with the value this environment needs, then rerun the task.",
};
