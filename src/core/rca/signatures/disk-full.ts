import type { Signature } from "../signature.js";

export const diskFull: Signature = {
  id: "disk-full",
  category: "infrastructure",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /no more (?:spool |temp(?:orary)? |disk )?space|out of (?:disk|spool|temp\w*) space|tablespace .{0,60}(?:full|exhausted)/i,
      weight: 0.92,
    },
    {
      text: /No space left on device|ORA-0165[0-9]|unable to extend (?:table|index|segment|temp)|\[Errno 28\]|ENOSPC|disk (?:is )?full|DRIVER_OUT_OF_DISK|not enough (?:free )?(?:disk )?space|insufficient disk space|There is not enough space on the disk|low on disk|Wrote only \d+ of \d+ bytes|flood-?stage watermark|index read-only \/ allow delete|[Dd]isk quota exceeded|Could not write block .{0,80}space|SQLSTATE:? ?53100|database or disk is full|Code: 243\b/i,
      weight: 0.95,
    },
  ],
  object: [/device:? ['"]([^'"]+)['"]/, /(\/[\w./-]+)['"]?: No space/, /writing ['"]([^'"]+)['"]/, /tablespace (\w+)/],
  summary: (o, p) =>
    `The disk ${o ?? "of the worker"} is full, so ${p.task} could not write; the platform team must free or enlarge it.`,
  nextStep: "Free or enlarge the disk (or spread the spill), then rerun.",
};
