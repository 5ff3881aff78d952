import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyTimeout: Signature = {
  id: "family-timeout",
  category: "timeout",
  rerunHelps: "unsure",
  proofs: [
    { type: /(?:^|[.$])\w*(?:GaveUp|WaitedTooLong|TookTooLong|TooSlow)\w*$/, weight: 0.7 },
    {
      text: /still (?:running|pending|waiting|queued|in progress)\b.{0,60}after \d|gave up (?:waiting )?after \d+ ?(?:s|m|h|sec|min)|(?:waited|polled) (?:for )?\d+ ?(?:s|m|h|sec\w*|min\w*)\b.{0,40}(?:gave up|giving up|without)/i,
      weight: 0.84,
    },
    { text: codeOf("timeout"), weight: 0.62 },
    { text: /DEADLINE_EXCEEDED|Deadline Exceeded/, weight: 0.84 },
    { type: /(?:^|[.$])\w*(?:Timeout|TimedOut|DeadlineExceeded)\w*$/, weight: 0.56 },
    {
      text: /\btime(?:d)?[ -]?out\b|took longer than|DUE TO TIME LIMIT|time ?limit|deadline (?:has )?(?:exceeded|passed|expired)|waited too long/i,
      weight: 0.52,
    },
  ],
  unless: /timeout=|timeouts? (?:is|are|set|of) |with timeout|default timeout|connect|read timed/i,
  object: [/(\d+ ?(?:ms|s|sec|seconds|minutes|min|hours|h))\b/],
  summary: (o, p) =>
    `${p.task} waited too long (${o ?? "time limit"}); its owner must find what it waited for before rerunning.`,
  nextStep: "Read what it waited for; rerun when that is ready, or raise the limit.",
};
