import type { Signature } from "../signature.js";

export const initScriptFailed: Signature = {
  id: "init-script-failed",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    { text: /bootstrap action .{1,60}(?:failed|returned a non-zero)/, weight: 0.76 },

    {
      text: /(?:GLOBAL_)?INIT_SCRIPT_FAILURE|[Ii]nit script(?:s)? (?:failed|failure|\S+ (?:has )?failed)/,
      weight: 0.94,
    },
  ],
  object: [/script:? (\/?[\w./:-]+\.sh)/, /(\/[\w./-]+\.sh)/, /bootstrap action ([\w-]+)/],
  summary: (o, p) =>
    `The cluster's start script ${o ?? "(init script)"} failed, so ${p.task} never ran; whoever owns the script must correct it.`,
  nextStep: "Read the script's own log on the cluster, correct it, then rerun.",
};
