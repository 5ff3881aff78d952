import type { Signature } from "../signature.js";

export const thingAlreadyExists: Signature = {
  id: "thing-already-exists",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { text: /is already in use by (?:container|another)/i, weight: 0.84 },
    {
      text: /resource_already_exists_exception|AlreadyExists(?:Exception|Error)?\b|BucketAlready\w+|EntityAlreadyExists|\b409\b.{0,40}(?:Conflict|already)|Conflict: 409|ResourceExistsError|FileExistsError|\[Errno 17\]|EEXIST|(?:directory|file|output) .{0,160}already exists|FileAlreadyExistsException/i,
      weight: 0.7,
    },
  ],
  unless: /duplicate key|DETAIL:|pods? "/,
  object: [/['"[]([\w./:-]{3,80})['"\]]? ?(?:already|exists)/, /: '?([\w./:-]{4,80})'?$/],
  summary: (o, p) =>
    `${o ?? "What it creates"} already exists for ${p.task}; its owner must remove it or make the step repeatable.`,
  nextStep: "Check whether an earlier try left it behind; remove it or create it only when absent, then rerun.",
};
