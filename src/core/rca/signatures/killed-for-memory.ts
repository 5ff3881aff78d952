import type { Signature } from "../signature.js";

export const killedForMemory: Signature = {
  id: "killed-for-memory",
  category: "out_of_memory",
  rerunHelps: "no",
  proofs: [
    {
      text: /(?:ended|exited|died|returned|terminated|stopped) (?:with|by)? ?(?:code |status |signal )?-9\b|\bover its (?:share|limit|budget) of [\d.]+ ?[KMG]i?B/,
      weight: 0.86,
    },
    {
      text: /OOM ?Killed|oom_kill event|OOM ?killer|oom-kill|Out of memory: Kill|reason['"]?: ['"]?OOM|MemoryLimitExceeded|Container killed (?:by YARN|on request).{0,80}(?:memory|137)|running beyond (?:physical|virtual) memory limits|Memory overhead|The Python kernel is unresponsive|exceeding memory limits/i,
      weight: 0.95,
    },
    {
      text: /Likely out of memory error|Killed signal terminated program|build daemon disappeared unexpectedly|signal_name=SIGKILL|Negsignal\.SIGKILL|return code -9\b|LocalTaskJob-killed/,
      weight: 0.86,
    },
    {
      text: /exit(?:ed with)? (?:code|status):?,? ?(?:\(|= )?137|exit code 137|return code 137|non-zero exit code 137|\bKilled\b\s*$|line \d+: +\d+ Killed\b|terminated by signal SIGKILL|SIGKILL/,
      weight: 0.76,
    },
  ],
  unless: /ExecutorLostFailure|Evicted|heartbeat|preempt|Spot/i,
  object: [/(\S+) was OOMKilled/, /(?:container|pod) ["']?([\w.-]+)/i],
  summary: (_o, p) =>
    `The process of ${p.task} was killed, most likely for memory; its owner must give it more or make it use less.`,
  nextStep: "Compare memory use with the worker's limit; raise it or process in parts, then rerun.",
};
