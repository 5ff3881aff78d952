import type { Signature } from "../signature.js";

export const superseded: Signature = {
  id: "superseded",
  category: "cancelled",
  rerunHelps: "no",
  proofs: [
    { text: /in favou?r of (?:a newer|the newer|\d+)|superseded by/i, weight: 0.84 },
    {
      text: /Cancell?ing since a higher priority|superseded by|newer (?:run|commit|build|deployment) .{0,60}(?:exists|started|is running)|auto-?cancell?ed|cancell?ed by (?:a )?(?:newer|later)|UPSTREAM_CANCELED|replaced by a newer/i,
      weight: 0.94,
    },
  ],
  object: [/for ['"]([^'"]{1,80})['"]/],
  summary: (o, p) =>
    `A newer run took the place of ${p.task} (${o ?? "superseded"}); nothing is broken and nobody has to act.`,
  nextStep: "Look at the newer run instead.",
};
