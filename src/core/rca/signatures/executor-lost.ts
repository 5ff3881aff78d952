import type { Signature } from "../signature.js";

export const executorLost: Signature = {
  id: "executor-lost",
  category: "compute_failure",
  rerunHelps: "yes",
  followsFrom: ["out_of_memory", "spot-instance-lost"],
  proofs: [
    {
      text: /ExecutorLostFailure|Executor heartbeat timed out|Lost executor \d|worker lost|Worker \w+ lost|executor .{1,40}(?:lost|decommission)|NODES_LOST|Missing an output location for shuffle|FetchFailed(?:Exception)?|MetadataFetchFailedException|Slave lost|Max number of executor failures|Master removed our application/,
      weight: 0.9,
    },
  ],
  object: [/(executor [\w-]+)/i],
  summary: (o, p) =>
    `Spark lost ${o ?? "an executor"} while ${p.task} ran; a rerun should pass, the platform team should look when it repeats.`,
  nextStep: "Rerun the task; if executors are lost again, look at spot loss, memory overhead and node health.",
};
