import { named, type Signature } from "../signature.js";

export const ownCheckFailed: Signature = {
  id: "own-check-failed",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      type: named(
        "ValueError",
        "RuntimeError",
        "ArithmeticError",
        "OverflowError",
        "FloatingPointError",
        "IllegalArgumentException",
        "IllegalStateException",
      ),
      own: true,
      weight: 0.56,
    },
    { type: named("ValueError", "IllegalArgumentException", "IllegalStateException"), weight: 0.5 },
    { text: /Error in .{1,80}\(.{0,80}\) ?:|Execution halted/, weight: 0.6 },
    { type: named("SystemExit"), own: true, weight: 0.5 },
  ],
  object: [/(?:Error|Exception): (.{3,60})/],
  summary: (o, p) => `The code of ${p.task} stopped: ${o ?? "see the trace"}; its author must look at it.`,
  nextStep: "Read the last own frame of the traceback and correct the code or its input.",
};
