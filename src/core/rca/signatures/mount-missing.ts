import type { Signature } from "../signature.js";

export const mountMissing: Signature = {
  id: "mount-missing",
  category: "infrastructure",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /(?:mount point|mountpoint|mount|NFS|volume) .{0,160}(?:does not exist|not mounted|is not a mount|unavailable|stale|not accessible)|Stale file handle|is not a mountpoint|Transport endpoint is not connected|MountVolume\.\w+ failed|FailedMount/i,
      weight: 0.88,
    },
    {
      text: /\/(?:mnt|nfs|efs|media)\/[\w./-]+.{0,60}(?:not mounted|no such (?:file|device)|No such file or directory)/i,
      weight: 0.74,
    },
  ],
  unless: /bind source path|invalid mount config/,
  object: [/(\/(?:mnt|nfs|efs|media|data|Volumes)[\w./-]*)/],
  summary: (o, p) =>
    `Mounted path ${o ?? "it reads"} is not there where ${p.task} runs; the platform team must mount it again.`,
  nextStep: "Check the mount on the worker and remount it; a rerun works once the path is back.",
};
