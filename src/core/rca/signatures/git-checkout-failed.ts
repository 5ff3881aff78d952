import type { Signature } from "../signature.js";

export const gitCheckoutFailed: Signature = {
  id: "git-checkout-failed",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /couldn't find remote ref|Remote branch .{1,80} not found|pathspec '.{1,80}' did not match|not a git repository|did not match any file\(s\) known to git|reference is not a tree|unknown revision or path|refusing to merge unrelated|bad object|A branch or tag with the name '.{1,80}' could not be found|CONFLICT \(content\)|Automatic merge failed/i,
      weight: 0.88,
    },
    { text: /detected dubious ownership/, weight: 0.7 },
  ],
  object: [/(?:ref|branch|pathspec|name) '?"?([\w./-]+)/],
  summary: (o, p) =>
    `Git can't check out ${o ?? "what it names"} for ${p.task}; the owner must correct the branch, tag or path.`,
  nextStep: "Correct the reference (or push it), then run again.",
};
