import type { Signature } from "../signature.js";

export const stateSetOutside: Signature = {
  id: "state-set-outside",
  category: "infrastructure",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /State of this instance has been externally set to|Task killed!|Server indicated the task shouldn't be running anymore/,
      weight: 0.76,
    },
  ],
  object: [/externally set to (\w+)/],
  summary: (o, p) =>
    `Somebody or the scheduler set ${p.task} to ${o ?? "another state"} while it ran; find out who before rerunning.`,
  nextStep: "Look in the audit log who changed the state; clear the task when nobody meant to stop it.",
};
