import type { Signature } from "../signature.js";

export const heartbeatLost: Signature = {
  id: "heartbeat-lost",
  category: "infrastructure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /heartbeat timeout|Heartbeat time limit(?:ed)? exceeded|did not emit heartbeat|without (?:a )?heartbeat|[Zz]ombie job|Detected zombie/,
      weight: 0.92,
    },
  ],
  object: [/(?:host|Hostname)['": ]+([\w.-]+)/],
  summary: (_o, p) =>
    `The worker of ${p.task} stopped sending heartbeats and Airflow failed the task; the platform team should check the host, a rerun should pass.`,
  nextStep: "Check the worker's health at that time, then clear the task.",
};
