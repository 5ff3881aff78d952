import type { Signature } from "../signature.js";

export const clusterDidNotStart: Signature = {
  id: "cluster-did-not-start",
  category: "compute_failure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Unexpected failure while waiting for the cluster|CLOUD_PROVIDER_LAUNCH_FAILURE|CLOUD_PROVIDER_RESOURCE_STOCKOUT|INSUFFICIENT_(?:INSTANCE_)?CAPACITY|INSUFFICIENT_CAPACITY|ZONE_RESOURCE_POOL_EXHAUSTED|InsufficientInstanceCapacity|Insufficient capacity|STOCKOUT|SkuNotAvailable|AllocationFailed|OverconstrainedAllocation|BOOTSTRAP_TIMEOUT|INSTANCE_UNREACHABLE|NPIP_TUNNEL_SETUP_FAILURE|Cluster \S+ (?:was )?terminated|CLOUD_FAILURE|Self-bootstrap timed out|Terminated with errors.{0,80}(?:bootstrap|cluster)|job flow .{0,60}TERMINATED_WITH_ERRORS|cluster is in (?:unexpected )?state (?:Terminat|Error)|SPARK_STARTUP_FAILURE/i,
      weight: 0.9,
    },
    { text: /Cluster (?:\S+ )?failed to (?:start|launch)|Cluster terminated|CLUSTER_ERROR/i, weight: 0.84 },
  ],
  unless: /INIT_SCRIPT|Init script|QUOTA|quota|SPOT_INSTANCE_TERMINATION|DRIVER_OUT_OF_MEMORY|AUTHORIZATION|permission/,
  object: [/[Cc]luster \(?(\d{4}-\d{6}-\w+|j-\w+|[\w-]{6,40})/],
  summary: (o, p) =>
    `Cluster ${o ?? "for the job"} did not start, so ${p.task} never ran; a rerun should pass once the cloud has capacity.`,
  nextStep: "Rerun; if it repeats, take another instance type, zone or pool.",
};
