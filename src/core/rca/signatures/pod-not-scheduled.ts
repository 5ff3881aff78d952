import type { Signature } from "../signature.js";

export const podNotScheduled: Signature = {
  id: "pod-not-scheduled",
  category: "infrastructure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Pod took too long to (?:be scheduled|start)|FailedScheduling|Insufficient (?:cpu|memory|nvidia)|nodes are available: |Unschedulable|didn't trigger scale-up|pod has unbound immediate PersistentVolumeClaims|pod_launch_failed|PodLaunchFailedException|failed to create pod sandbox|Docker daemon|Cannot connect to the Docker daemon/i,
      weight: 0.84,
    },
    { text: /Job failed \(system failure\)|prepare environment: |waiting for pod (?:running|to start)/, weight: 0.9 },
    { text: /Error while fetching server API version/, weight: 0.88 },
  ],
  object: [/[Pp]od ["']?([\w.-]{6,})/],
  summary: (_o, p) =>
    `Kubernetes or Docker could not start the container of ${p.task}; the platform team must provide room, then a rerun passes.`,
  nextStep: "Look at the pod's events for the missing resource; rerun when there is room.",
};
