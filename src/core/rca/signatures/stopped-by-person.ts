import { named, type Signature } from "../signature.js";

export const stoppedByPerson: Signature = {
  id: "stopped-by-person",
  category: "cancelled",
  rerunHelps: "unsure",
  proofs: [
    { text: /\b(?:halted|paused|put on hold) by\b/i, weight: 0.86 },
    { text: /(?:stop|abort|shutdown|cancel\w*|termination|kill) (?:was )?requested by/i, weight: 0.92 },
    {
      text: /due to user request|SPARK_JOB_CANCELLED|cancelled as part of cancellation|Query (?:was )?cancell?ed by user|SQL execution canceled|terminated by (?:user|admin\w*) request|ORA-01013/i,
      weight: 0.95,
    },

    {
      text: /USER_CANCELED|cancell?ed by (?:the )?(?:user|\S+@\S+|admin)|Run cancell?ed|CLUSTER_TERMINATED_BY_USER|marked (?:as )?failed by|manually (?:marked|cancell?ed|stopped)|user (?:request(?:ed)?|initiated) cancel|The operation was cancell?ed|job was cancell?ed|Build (?:was )?(?:aborted|cancell?ed)|Aborted by|Finished: ABORTED|has been cancell?ed|KeyboardInterrupt|\bSIGINT\b|exit code 130|UPSTREAM_CANCELED|\bCANCELED\b|The job was canceled|^Cancell?ed\.?$|was cancelled by/i,
      weight: 0.88,
    },
    {
      kinds: ["event"],
      text: /^(?:api\.)?(?:patch_task_instance|post_set_task_instances_state|update_task_instance_state|patch_dag_run)\b.{0,400}failed|^(?:failed|dagrun_failed|confirm)\b.{0,400}(?:confirmed|origin)/s,
      weight: 0.95,
    },
    {
      kinds: ["end"],
      text: /shouldn't be running anymore.{0,300}current_state\W{1,4}(?:failed|success)\b/s,
      weight: 0.84,
    },
    {
      text: /State of this instance has been externally set to (?:failed|success|skipped|removed)/,
      weight: 0.765,
    },
    { type: named("KeyboardInterrupt"), weight: 0.8 },
    { type: named("CancelledError"), weight: 0.6 },
  ],
  unless: /failed or (?:has been |was )?cancel|TIMEDOUT|timed out|timeout|lock timeout|statement timeout/i,
  object: [/(?:by|user) ([\w.@-]+)/],
  summary: (o, p) =>
    `${p.task} was stopped by ${o ?? "a person or a rule"}, not by an error; ask them before rerunning.`,
  nextStep: "Ask who stopped it whether it may run again.",
};
