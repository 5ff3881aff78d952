import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyMemory: Signature = {
  id: "family-memory",
  category: "out_of_memory",
  rerunHelps: "no",
  proofs: [
    { text: codeOf("out_of_memory"), weight: 0.74 },
    { type: /(?:^|[.$])\w*(?:OutOfMemory|MemoryLimit|MemoryError|HeapError)\w*$/, weight: 0.8 },
    {
      text: /\b[A-Z_]*(?:MEMORY_LIMIT|OUT_OF_MEMORY|OOM_KILL)[A-Z_]*\b|oom[_ -]?kill|memory limit of|due to memory usage|(?:exceed\w*|out of|insufficient|not enough) .{0,30}memory|memory .{0,40}(?:exceeded|exhausted)/i,
      weight: 0.74,
    },
  ],
  object: [/(?:limit of|of) ([\d.]+ ?[KMGT]i?B)/],
  summary: (o, p) =>
    `${p.task} needs more memory than it may use (${o ?? "limit reached"}); its owner must size it up or process less at once.`,
  nextStep: "Raise the limit or reduce what is held at once, then rerun.",
};
