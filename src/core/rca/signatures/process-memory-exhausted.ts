import { named, type Signature } from "../signature.js";

export const processMemoryExhausted: Signature = {
  id: "process-memory-exhausted",
  category: "out_of_memory",
  rerunHelps: "no",
  proofs: [
    { type: named("MemoryError", "_ArrayMemoryError", "OutOfMemoryError", "OutOfMemoryException"), weight: 0.95 },
    {
      text: /Unable to allocate .{1,40} for an array|MemoryError|Cannot allocate memory|\[Errno 12\]|ENOMEM|std::bad_alloc|\bOOM: |cannot allocate \d[\d.]* ?[KMGT]?i?B|memory allocation of \d+ bytes failed|CUDA out of memory|JavaScript heap out of memory|cannot allocate vector of size|memory limit .{0,60}exceeded|exceeded memory limit|Memory limit \(.{1,60}exceeded|Out of memory(?: error|:|\b)|Code: 241\b|SQLSTATE:? ?53200|Resources exceeded during query execution|signal: 9.{0,60}rustc/i,
      weight: 0.92,
    },
  ],
  object: [/(Unable to allocate [\d.]+ \w+)/, /size ([\d.]+ \w+)/],
  summary: (o, p) =>
    `${p.task} needs more memory than it has (${o ?? "allocation failed"}); its owner must size it up or read in parts.`,
  nextStep: "Raise the memory of the worker or read the data in chunks, then rerun.",
};
