import { named, type Signature } from "../signature.js";

export const taskTimedOut: Signature = {
  id: "task-timed-out",
  category: "timeout",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /did not complete within (?:the |its )?(?:\w+ ){0,2}(?:time ?out|time limit|deadline|\d)|not (?:complete|finish)\w* (?:with)?in \d+ ?(?:s|m|h|ms|seconds|minutes|hours)\b/i,
      weight: 0.9,
    },
    {
      type: named("AirflowTaskTimeout", "TaskDeferralTimeout", "SoftTimeLimitExceeded", "TimeLimitExceeded"),
      weight: 0.93,
    },
    {
      text: /Timeout, PID: \d+|Process timed out|Trigger(?:\/execution)? timeout|DagRun timed out after|has timed-out|exceeded (?:the )?(?:configured |maximum )?(?:execution |run |job )?(?:time ?out|time limit|execution time|duration)|maximum execution time|timed out after \d+ ?(?:minutes|seconds|hours|ms|s|m|h)\b|Job execution took longer than|job running on runner .{1,60} has exceeded|exceeded the timeout|Terminated due to time ?out|timed out waiting for|Time limit exceeded|The (?:job|step|action) .{1,80}(?:has )?timed out|Test timed out|Timeout of \d+ms exceeded|exceeded timeout of|DUE TO TIME LIMIT/i,
      weight: 0.88,
    },
    {
      text: /non-zero exit code 124|exit(?:ed with)? (?:code|status):? ?124|return code 124|exit code 124/,
      weight: 0.93,
    },
    { text: /(?<![A-Z])TIMEDOUT|Run timed out|RUN_TIMED_OUT|timed out after \d+ seconds with state/, weight: 0.93 },
    { type: named("TimeoutError", "TimeoutExpired", "TimeoutException"), weight: 0.62 },
    {
      text: /execution took longer than|SSH command timed out|Waiter \w+ failed: Max attempts exceeded|ran longer than the maximum time|DUE TO TIME LIMIT|reached the time limit/,
      weight: 0.92,
    },
  ],
  unless:
    /Read timed out|connect timeout|Connection .{0,60}timed out|statement timeout|ReadTimeout|ConnectTimeout|URLError|lock timeout|broadcast/i,
  object: [/(?:timeout|limit|after|of) (?:of )?(\d[\d.:]* ?(?:seconds|minutes|hours|s|m|h|ms)?)/i],
  summary: (o, p) =>
    `${p.task} ran longer than its limit (${o ?? "time-out"}) and was stopped; its owner must find what was slow or raise the limit.`,
  nextStep: "Compare with the usual duration and read what it waited for; rerun only if that has passed.",
};
