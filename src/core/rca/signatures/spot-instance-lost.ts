import type { Signature } from "../signature.js";

export const spotInstanceLost: Signature = {
  id: "spot-instance-lost",
  category: "compute_failure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /SPOT_INSTANCE_TERMINATION|CLOUD_PROVIDER_SHUTDOWN|spot (?:instance|loss|interruption|node|preemption)|preempt(?:ed|ion)|EC2 spot|node (?:was )?preempted|Instance (?:was )?(?:reclaimed|terminated by)|scheduledmaintenance|shutdown signal.{0,60}(?:spot|preempt)/i,
      weight: 0.94,
    },
  ],
  object: [/(\d{4}-\d{6}-\w+|i-[0-9a-f]{8,17})/],
  summary: (o, p) =>
    `The cloud took back a spot machine (${o ?? "of the cluster"}) while ${p.task} ran; the data is fine, a rerun should pass.`,
  nextStep: "Rerun; use on-demand for the driver if spot loss repeats.",
};
