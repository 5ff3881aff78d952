import type { Signature } from "../signature.js";

export const jvmHeapExhausted: Signature = {
  id: "jvm-heap-exhausted",
  category: "out_of_memory",
  rerunHelps: "no",
  proofs: [
    {
      text: /java\.lang\.OutOfMemoryError|OutOfMemoryError: |GC overhead limit exceeded|Java heap space|SparkOutOfMemoryError|\[UNABLE_TO_ACQUIRE_MEMORY\]|Metaspace|unable to create (?:new )?native thread|OUT_OF_MEMORY|DRIVER_OUT_OF_MEMORY|Unable to acquire \d+ bytes of memory|insufficient memory for the Java Runtime|Native memory allocation \(\w+\) failed/,
      weight: 0.95,
    },
  ],
  object: [/OutOfMemoryError: ([\w ]{3,40})/, /(driver|executor)/i],
  summary: (o, p) =>
    `The JVM ran out of memory (${o ?? "heap"}) in ${p.task}; the job's owner must size it up or process less at once.`,
  nextStep: "Give the driver or executor more memory, or avoid collecting the data in one place, then rerun.",
};
