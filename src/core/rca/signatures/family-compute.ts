import type { Signature } from "../signature.js";

export const familyCompute: Signature = {
  id: "family-compute",
  category: "compute_failure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /INSTANCE_FAILURE|host (?:was )?retired|(?:instance|node) .{0,60} (?:was|is) (?:terminated|declared dead)|declared dead|fallen off the bus|\bXID \d+/i,
      weight: 0.84,
    },
    {
      text: /no (?:container )?(?:instance|nodes?|workers?) (?:met all|available to run|are registered)|NO_NODES_AVAILABLE|RESOURCE:(?:MEMORY|CPU|ENI)\b/i,
      weight: 0.8,
    },
    {
      type: /(?:^|[.$])\w*(?:WorkerLost|WorkerDied|WorkerCrash|ExecutorLost|NodeLost|NodeDied|NodeFailure|DriverLost|ClusterTerminated|ClusterNotRunning|BrokenProcessPool|KilledWorker|ActorDied|RaySystem|NoLiveWorkers)\w*$/,
      weight: 0.7,
    },
    {
      text: /(?:worker|executor|driver|node|cluster|warehouse|instance|actor|replica|container|agent|runner)s?\b.{0,60}(?:\bdied\b|was lost|has been lost|disappeared|preempted|reclaimed|evicted|became unresponsive|is unresponsive|stopped responding|terminated unexpectedly|exited unexpectedly|crashed|failed to (?:start|launch|provision|boot)|could not be (?:started|launched|provisioned)|never (?:came up|registered|became ready))|(?:failed|unable) to (?:start|launch|provision|acquire) (?:\w+ ){0,3}(?:cluster|worker|executor|instance|node|warehouse)s?\b|(?:spot|preemptible) .{0,40}(?:interrupt|reclaim|preempt|terminat)|Host EC2 \(/i,
      weight: 0.72,
    },
  ],
  unless:
    /memory|oom|quota|limit exceeded|permission|denied|not authorized|ImagePull|image|config(?:uration)? (?:error|invalid)|docker daemon/i,
  object: [
    /(?:worker|executor|driver|node|cluster|instance|warehouse|actor)s? ["'`(]?(?:instance )?((?=[\w.-]*\d)[\w.-]{2,60})/i,
  ],
  summary: (o, p) =>
    `A machine that ${p.task} ran on (${o ?? "see evidence"}) was lost or did not start; the data is fine, a rerun should pass.`,
  nextStep: "Rerun; when it repeats, the platform team should look at the pool's health and capacity.",
};
