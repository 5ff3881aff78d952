import { named, type Signature } from "../signature.js";

export const databricksObjectMissing: Signature = {
  id: "databricks-object-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /Unable to access the notebook|Notebook not found|Job ID for job name .{1,120} can not be found|RESOURCE_DOES_NOT_EXIST|RESOURCE_NOT_FOUND|Job \d+ does not exist|Cluster \S+ does not exist|(?:job|notebook|cluster|warehouse|pipeline|repo) .{1,120} (?:does not exist|not found|could not be found)/i,
      weight: 0.88,
    },
    { type: named("DatabricksOperatorPayloadError"), weight: 0.85 },
    {
      text: /INVALID_RUN_CONFIGURATION|FEATURE_DISABLED|http_path should be provided either explicitly|INVALID_CLUSTER_REQUEST|REPOSITORY_CHECKOUT_FAILED/,
      weight: 0.85,
    },
    { text: /INVALID_PARAMETER_VALUE|INVALID_ARGUMENT\b|UNSUPPORTED_INSTANCE_TYPE|DUE_TO_MISCONFIG/, weight: 0.8 },
  ],
  object: [
    /job name ([\w.-]+)/i,
    /(?:notebook|Notebook not found:?|cluster|warehouse|pipeline|repo|Job|Cluster) ["'`]?([\w./@:-]{3,})["'`]?/,
  ],
  summary: (o, p) =>
    `Databricks object ${o ?? "it names"} does not exist or is set up wrongly for ${p.task}; the job's owner must correct the name or settings.`,
  nextStep: "Correct the job name, notebook path or cluster settings (or grant the identity access), then rerun.",
};
