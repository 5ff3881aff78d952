import { named, type Signature } from "../signature.js";

export const upstreamTaskFailed: Signature = {
  id: "upstream-task-failed",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    { type: named("ExternalTaskFailedError", "ExternalDagFailedError"), weight: 0.93 },
    {
      text: /(?:the external (?:task|DAG|task_group) .{1,200} (?:failed|has failed)|Some of the external tasks .{1,300} failed|External task .{1,120} failed)/i,
      weight: 0.93,
    },
    { type: named("XComNotFound"), weight: 0.86 },
    { text: /XComArg result from .{1,120} is not found|XCOM_NOT_FOUND/, weight: 0.88 },
    { text: /\b[\w.-]+ failed with failed states? |^DagRun finished with failed state\b/i, weight: 0.85 },
  ],
  object: [/^DagRun finished with .{0,80}\bdag_id=([\w.-]+)/, /(?:task|DAG|from)s? \[?'?([\w.-]+)/i],
  summary: (o, p) =>
    `Upstream ${o ?? "work"} that ${p.task} needs has failed; fix that one first, this task only follows it.`,
  nextStep: "Open the upstream run named in the evidence, repair it, then clear this task with its downstream.",
};
