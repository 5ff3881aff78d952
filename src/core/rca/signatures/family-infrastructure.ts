import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyInfrastructure: Signature = {
  id: "family-infrastructure",
  category: "infrastructure",
  rerunHelps: "yes",
  proofs: [
    { text: /TaskDeferralError: Trigger (?:failure|exited)|NodeNotReady/, weight: 0.9 },
    {
      text: /running with the --read-only|--super-read-only|read_only is on|vault is sealed|is sealed|CUDA error: (?!out of memory)|CUDNN_STATUS_|NCCL (?:error|WARN)/i,
      weight: 0.84,
    },
    { text: codeOf("infrastructure"), weight: 0.64 },
    {
      type: /(?:^|[.$])\w*(?:Deadlock|LockTimeout|LockNotAvailable|Conflict|Concurrent|NotLeader|StandbyException|SafeMode)\w*$/,
      weight: 0.66,
    },
    {
      text: /in state standby|snapshot too old|read[- ]only (?:replica|mode|transaction|standby|file ?system)|in recovery mode|safe ?mode|not (?:the )?leader|leader (?:election|not available)|under-?replicated|replica .{0,40}(?:lost|unavailable)|quorum|split brain|system failure|node is (?:down|shutting down)|Missing blocks?|BlockMissingException|Could not obtain block/i,
      weight: 0.7,
    },
  ],
  object: [/(?:instance|node|host|block) ["'`(]?([\w.-]{3,60})/i],
  summary: (o, p) =>
    `A platform ${p.task} runs on was not healthy (${o ?? "see evidence"}); the platform team must look, then a rerun passes.`,
  nextStep: "Check the platform's state at that time; rerun when it is healthy.",
};
