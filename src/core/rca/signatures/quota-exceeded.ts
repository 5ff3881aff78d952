import type { Signature } from "../signature.js";

export const quotaExceeded: Signature = {
  id: "quota-exceeded",
  category: "quota_or_rate_limit",
  rerunHelps: "yes",
  proofs: [
    {
      text: /\w+(?:Running|InProgress|InUse|AlreadyStarted)Exception\b|has already started$|operation is already (?:running|in progress)|is already running/i,
      weight: 0.8,
    },
    {
      text: /quota of .{1,80} is exceeded|circuit_breaking_exception|limit for (?:this|your) (?:account|plan|subscription|project)/i,
      weight: 0.86,
    },
    { text: /has exceeded the '\w+' resource|exceeding approved .{0,60}[Qq]uota/, weight: 0.92 },
    {
      text: /QUOTA_EXCEEDED|quota ?exceeded|quotaExceeded|exceeded (?:your |the |its )?(?:\w+ ){0,3}quota|exceed(?:s|ed|ing)? (?:the )?(?:\w+ ){0,2}quota|Quota '[^']+'|insufficient (?:\w+ )?quota|Concurrent\w*Exceeded|over quota|(?:quota|allowance|credits?|budget|allotment) .{0,80}(?:used up|exhausted|reached|depleted|spent)|(?:used up|exhausted|no more) .{0,40}(?:quota|credits|allowance)|no (?:hosted )?parallelism|no (?:free|available|idle) (?:slots?|licen[cs]es?|seats?)|LimitExceeded|limit of \d+ .{0,60}(?:reached|exceeded)|reached the limit of|(?:resource )?limit (?:has been )?(?:reached|exceeded)|RESOURCE_EXHAUSTED|VcpuLimitExceeded|MAX_SPOT_INSTANCE_COUNT|exceeded quota:|resource monitor .{0,80}(?:exceeded|reached)|BUDGET_POLICY_LIMIT_EXCEEDED|INSTANCE_POOL_MAX_CAPACITY|spending limit|account (?:balance|credit)|usage limit|insufficient credits|file size limit of|insufficient_quota|exceeded your current quota|larger than the maximum|billing/i,
      weight: 0.9,
    },
    {
      text: /(?:WORKSPACE_RUN_LIMIT_EXCEEDED|MAX_CONCURRENT_RUNS_EXCEEDED|MAXIMUM_CONCURRENT_RUNS_REACHED|MAX_JOB_QUEUE_SIZE_EXCEEDED|CLUSTER_REQUEST_LIMIT_EXCEEDED|MAX_SPARK_CONTEXTS_EXCEEDED|max(?:imum)? concurrent runs|Too many (?:simultaneous|concurrent) (?:queries|requests|runs)|concurrent (?:query|run)s? limit)/i,
      weight: 0.95,
    },
    {
      text: /pool_full|Pool Slots Available|max_active_(?:runs|tis|tasks)|maximum number of (?:running|active) (?:tasks|runs)|concurrency limit/i,
      weight: 0.84,
    },
  ],
  unless:
    /time ?limit|size limit|memory limit|recursion|rate|GC overhead|retry limit|retries|Heartbeat|Startup reschedule limit/i,
  object: [/limit of (\d+)/, /[Qq]uota:? ['"]?([\w.-]+)/, /pool ['"]?([\w.-]+)/],
  summary: (o, p) =>
    `A quota or concurrency limit (${o ?? "see evidence"}) stopped ${p.task}; a rerun later helps, its owner may ask for more.`,
  nextStep: "Rerun when others have ended, or ask for a higher limit.",
};
