import type { Signature } from "../signature.js";

export const dagDoesNotImport: Signature = {
  id: "dag-does-not-import",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { text: /could not be found; either it does not exist or it failed to parse/, weight: 0.95 },
    { context: /^import of /, weight: 0.55 },
    {
      text: /Broken DAG|Failed to import|DagBag import timeout|Dag '[^']+' could not be found|Dag not found during start up|Task not found in Dag|AirflowDagInconsistent|AirflowTimetableInvalid|AirflowClusterPolicyViolation/i,
      weight: 0.76,
    },
  ],
  object: [/import of (\S+)/, /Dag '([^']+)'/],
  summary: (o) =>
    `DAG file ${o ?? "of the task"} does not import; its author must correct it before any run can start.`,
  nextStep: "Correct the error shown in the file; Airflow parses it again by itself.",
};
