import { named, type Signature } from "../signature.js";

export const targetDagMissing: Signature = {
  id: "target-dag-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { type: named("DagNotFound", "DagRunNotFound", "TaskNotFound", "DagRunAlreadyExists"), weight: 0.84 },
    {
      text: /(?:dag_id|Dag id|DAG) .{0,80}(?:could not be found|not found in DagModel|does not exist)|the dag did not exist or it failed to parse|The external (?:DAG|task) .{1,120} does not exist|DAGRUN_ALREADY_EXISTS|A Dag Run already exists/i,
      weight: 0.84,
    },
  ],
  object: [/(?:found:|Dag id|DAG|task) ['"]?([\w.-]+)/],
  summary: (o, p) =>
    `DAG or run ${o ?? "it triggers"} is not there (or is there already) for ${p.task}; the DAG's owner must correct the id or deploy it.`,
  nextStep: "Check the dag_id, that the DAG parses and is deployed, and the run id; then rerun.",
};
