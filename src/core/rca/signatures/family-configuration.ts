import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyConfiguration: Signature = {
  id: "family-configuration",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /unknown_topic_or_part|unknown topic or partition|subscribed topic not available|['"](?:not_in_channel|channel_not_found|is_archived)['"]/i,
      weight: 0.78,
    },
    {
      text: /An error occurred \((?:Validation\w*|Invalid(?!Access|ClientToken|Signature)\w*|Malformed\w*|Missing\w*|NoSuchEntity|\w+NotFound(?:Exception|Fault)?)\) when calling/,
      weight: 0.68,
    },
    { text: codeOf("configuration"), weight: 0.58 },
    {
      type: /(?:^|[.$])\w*(?:Config|Configuration|Setting|InvalidParameter|InvalidArgument|MissingParameter|Misconfigured|UnknownTopicOrPartition)\w*(?:Error|Exception)?$/,
      weight: 0.6,
    },
    {
      text: /\b(?:unknown|unexpected|unsupported|invalid) (?:keys?|property|properties|param input|field in config|section|partition specified)\b|\.env file not found|is missing the \w+ parameter|contains unknown keys|(?:is|are) not (?:configured|set up|enabled|activated)|[Pp]lease (?:run|set|configure|specify|provide|pass|check your config)|must (?:specify|provide|configure|be configured)|do(?:es)? not currently have an active account|context "[^"]{1,80}" does not exist|NOT_FOUND: (?:Not found: )?(?:Cluster|Project|Resource|Job)|Error from server \(NotFound\)|Wrong FS|validation errors? for \w*(?:Settings|Config|Options)\b|no handler for route|no route (?:found|matches)|no such (?:host alias|profile|environment|target)/,
      weight: 0.66,
    },
  ],
  unless: /please (?:file|report)|bug report/i,
  object: [/["'`]([\w./:-]{3,60})["'`]/, /keys?: (\w+)/],
  summary: (o, p) =>
    `The set-up of ${p.task} is not right (${o ?? "see the message"}); whoever configures it must correct it, a rerun can't help.`,
  nextStep: "Correct what the message asks for, then rerun.",
};
