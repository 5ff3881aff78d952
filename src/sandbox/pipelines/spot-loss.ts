import type { JobTaskFailure } from "../world/state.js";

/** The driver's spot instance is reclaimed: the task ends without any fault of its own. */
export const SPOT_LOSS: JobTaskFailure = {
  error:
    "Could not reach driver of cluster {cluster}. The cluster was terminated during the run. " +
    "Reason: SPOT_INSTANCE_TERMINATION (CLOUD_FAILURE): the spot instance of the driver was reclaimed by the cloud provider.",
  trace: null,
  stateMessage:
    "Could not reach driver of cluster {cluster}. The cluster was terminated during the run. " +
    "Reason: SPOT_INSTANCE_TERMINATION (CLOUD_FAILURE): the spot instance of the driver was reclaimed by the cloud provider.",
  terminationCode: "CLOUD_FAILURE",
  terminationType: "CLOUD_FAILURE",
  cluster: {
    code: "SPOT_INSTANCE_TERMINATION",
    type: "CLOUD_FAILURE",
    parameters: { aws_instance_state_reason: "Server.SpotInstanceTermination: Server.SpotInstanceTermination" },
  },
};
