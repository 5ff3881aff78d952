import type { Signature } from "../signature.js";

export const databricksPermission: Signature = {
  id: "databricks-permission",
  category: "permission",
  rerunHelps: "no",
  proofs: [
    {
      text: /PERMISSION_DENIED|does not have .{1,120}permissions? (?:on|for)|not authorized to (?:create|use|attach|access)|You are not authorized/,
      weight: 0.93,
    },
  ],
  object: [/permissions? (?:on|for) (?:the )?([\w .:'`"-]{3,70}?)(?:[.,;)"']|$)/],
  summary: (o, p) =>
    `The identity of ${p.task} lacks a Databricks permission on ${o ?? "the object"}; a workspace admin must grant it.`,
  nextStep: "Grant the permission named in the evidence to the job's identity, then rerun.",
};
