import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyMissing: Signature = {
  id: "family-missing",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    {
      text: /has not sent|not (?:yet )?sent us|\bstops at \d{4}-|newest .{0,60} (?:is dated|is of|is from)|has no run for|not one \w+ was (?:published|delivered|received)/i,
      weight: 0.76,
    },
    { type: /(?:^|[.$])\w*(?:Incomplete|NothingTo\w+|NotComplete|Outstanding)$/, weight: 0.7 },
    {
      text: /\d+ of \d+ .{0,40}(?:have|has|had|were|was|are|is)? ?(?:reported|arrived|delivered|landed|received|present|uploaded)\b|outstanding since/i,
      weight: 0.8,
    },
    {
      text: /nothing (?:new|newer|landed|arrived|delivered)\b|\b0 of \d+ expected|has not (?:landed|arrived|been (?:delivered|published|written))|still (?:missing|absent)/i,
      weight: 0.74,
    },
    {
      type: /(?:^|[.$])(?:(?:NotSeen|NotArrived|NotDelivered|NotLanded|(?<!Node|Broker|Cluster|Leader)NotReady|NotYet\w*|Missing\w*(?:File|Input|Data|Partition|Feed|Drop|Extract|Upstream|Delivery|Source)|(?:Late|Stale|Absent|No(?=[A-Z]))\w*(?:Data|Input|File|Feed|Partition|Delivery|Extract|Upstream|Source|Arrival))\w*)$/,
      weight: 0.72,
    },
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
