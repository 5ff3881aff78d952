import type { Signature } from "../signature.js";

export const vulnerableDependency: Signature = {
  id: "vulnerable-dependency",
  category: "dependency_failure",
  rerunHelps: "no",
  proofs: [
    {
      text: /\b\d+ vulnerabilit(?:y|ies) found|found \d+ (?:\w+ )?(?:severity )?vulnerabilit|Vulnerable versions|security advisor(?:y|ies) .{0,60}found|error: \d+ vulnerabilit/i,
      weight: 0.86,
    },
  ],
  unless: /found 0|\b0 vulnerabilit/,
  object: [/Package +[│|] +([\w@./-]+)/],
  summary: (o, p) =>
    `The audit found a vulnerable dependency (${o ?? "see evidence"}) in ${p.task}; its owner must update it or accept it.`,
  nextStep: "Update the dependency to the patched version named, then run again.",
};
