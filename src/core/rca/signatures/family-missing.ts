import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyMissing: Signature = {
  id: "family-missing",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    { text: codeOf("missing_upstream_data"), weight: 0.6 },
    { type: /(?:^|[.$])\w*(?:NotFound|NoSuch|DoesNotExist|OffsetOutOfRange)\w*$/, weight: 0.54 },
    {
      text: /Table not found|OFFSET_OUT_OF_RANGE|expected \d+ .{1,40}files?.{0,60}found \d+|(?:file|input|archive|workbook|dump) .{1,100}cannot be opened|[Nn]othing to (?:load|process)|no input (?:files?|data|paths?)/,
      weight: 0.7,
    },
  ],
  unless: /module|package|class|command|driver|configmap|secret|context|account|method|function|route|page|element/i,
  object: [/["'`]([\w./:=*-]{3,80})["'`]/],
  summary: (o, p) =>
    `${o ?? "Something"} that ${p.task} reads is not there; its producer must deliver it or the task's owner correct the name.`,
  nextStep: "Check whether the producer ran and the name in use; rerun once it is there.",
};
