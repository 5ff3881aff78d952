import type { Signature } from "../signature.js";

export const podLost: Signature = {
  id: "pod-lost",
  category: "compute_failure",
  rerunHelps: "yes",
  proofs: [
    { text: /imminent node shutdown|TaintManagerEviction|node shutdown/i, weight: 0.92 },
    {
      text: /\bEvicted\b|released on a \*?lost\*? node|The node was low on resource|Node(?:Lost|NotReady| is not ready)|node "?[\w.-]+"? (?:is gone|was deleted|has been removed)|Pod .{1,120} (?:was deleted|not found|disappeared|has been deleted)|pods? "[^"]+" not found|DeadlineExceeded.{0,40}pod|NodeShutdown|TerminationByKubelet|PodInitializing.{0,60}timed|ephemeral[- ]storage/i,
      weight: 0.86,
    },
    {
      text: /The (?:hosted )?runner (?:has received a shutdown signal|.{1,80}lost communication)|runner .{1,60}(?:lost|offline|disconnected)|lost communication with the server|agent (?:was )?(?:lost|disconnected|went offline)|Job .{1,60}runner system failure/i,
      weight: 0.92,
    },
    {
      text: /ChannelClosedException|RequestAbortedException|Cannot contact \S+: |Remote call on .{1,80} failed|Agent .{1,60}(?:is offline|went offline|disconnected)/,
      weight: 0.9,
    },
    { text: /CrashLoopBackOff|BackOff restarting failed container/, weight: 0.66 },
  ],
  unless: /configmap|secret|kafka/i,
  object: [/[Pp]ods? ["']?([\w.-]+)/, /(?:node|runner) ["']?([\w.-]+)/],
  summary: (o, p) => `The pod, node or runner ${o ?? "of the task"} was lost while ${p.task} ran; a rerun should pass.`,
  nextStep: "Rerun; if it repeats, look at the node's resources and the pod's requests.",
};
