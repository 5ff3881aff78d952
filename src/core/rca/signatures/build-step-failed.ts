import type { Signature } from "../signature.js";

export const buildStepFailed: Signature = {
  id: "build-step-failed",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /Execution failed for task|What went wrong:|> Task \S+ FAILED|BUILD FAIL(?:ED|URE)|Failed to execute goal|The build failed|Build completed unsuccessfully|did not complete successfully: exit code|Failure running container/,
      weight: 0.52,
    },
  ],
  object: [/(?:task '?|Task )(:?[\w:.-]+)/, /goal ([\w.:-]+)/],
  summary: (o, p) =>
    `Build step ${o ?? "of the job"} failed in ${p.task}; the change's author must look at its output.`,
  nextStep: "Read the lines above the step's end for its first error, correct it, then run again.",
};
