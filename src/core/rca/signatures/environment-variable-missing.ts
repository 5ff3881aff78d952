import { named, type Signature } from "../signature.js";

export const environmentVariableMissing: Signature = {
  id: "environment-variable-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { type: named("KeyError"), context: /os\.environ|<frozen os>|\/os\.py|environ\[/, weight: 0.94 },
    {
      text: /environment variables? [`'"$]?\w+[`'"]? (?:is|are|was|must|not|has|isn't|needs)|Missing (?:required )?(?:environment|env) (?:variable|var)|(?:env(?:ironment)? ?var(?:iable)?s?) .{0,60}(?:not set|not defined|missing|required|undefined|unset)|\w+: (?:unbound variable|parameter not set|parameter null or not set)|Env var required but not provided/i,
      weight: 0.92,
    },
    {
      text: /(?:make sure|ensure|please set|must set|set) (?:the )?[A-Z][A-Z0-9_]{3,} (?:env|environment|is set|to)|[A-Z][A-Z0-9_]{3,} (?:env )?(?:is not set|not set|is not defined|must be set|is unset|is required|environment variable)|(?:either )?[A-Z][A-Z0-9_]{3,} or [A-Z][A-Z0-9_]{3,} must be set/,
      weight: 0.9,
    },
  ],
  object: [/KeyError: ['"](\w+)['"]/, /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/, /(\w+): (?:unbound variable|parameter n)/],
  summary: (o, p) =>
    `Environment variable ${o ?? "it reads"} is not set where ${p.task} runs; whoever owns the deployment must set it.`,
  nextStep: "Set the variable in the worker, cluster or job environment, then rerun.",
};
