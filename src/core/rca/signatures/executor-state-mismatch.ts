import type { Signature } from "../signature.js";

export const executorStateMismatch: Signature = {
  id: "executor-state-mismatch",
  category: "infrastructure",
  rerunHelps: "yes",
  followsFrom: ["heartbeat-lost", "killed-for-memory", "pod-lost", "spot-instance-lost"],
  proofs: [
    { text: /PID of job runner does not match/i, weight: 0.9 },
    {
      text: /state mismatch|task instance's state attribute is queued|Executor .{0,60}reports? (?:that the )?task instance|was the task killed externally|Was the task killed externally|stuck in queued|Task is not able to be run|Recorded pid .{1,40}does not match|hostname .{1,120} does not match|Hostname of job runner does not match|Failed to (?:fetch|connect to) (?:the )?(?:execution|task) API|API_SERVER_ERROR|Startup reschedule limit exceeded|Task received SIGTERM|Received SIGTERM\. Terminating|AirflowTaskTerminated/i,
      weight: 0.84,
    },
    {
      text: /(?:return code|exit code|exitcode|code) -?143\b|signal_name=SIGTERM|Negsignal\.SIGTERM|return code -15\b|signal SIGTERM/,
      weight: 0.76,
    },
  ],
  unless: /externally set to (?:failed|success|skipped)/,
  summary: (_o, p) =>
    `Airflow or its executor stopped ${p.task} from outside (SIGTERM or lost state); the platform team should look why, a rerun should pass.`,
  nextStep: "Look at scheduler and worker at that time (restart, deploy, scale-in), then clear the task.",
};
