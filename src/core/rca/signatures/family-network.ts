import { codeOf } from "../error-codes.js";
import type { Signature } from "../signature.js";

export const familyNetwork: Signature = {
  id: "family-network",
  category: "network_transient",
  rerunHelps: "unsure",
  proofs: [
    { text: /(?:can't|cannot|could not|unable to|failed to) (?:contact|reach|connect to) /i, weight: 0.74 },
    { text: codeOf("network_transient"), weight: 0.62 },
    {
      type: /(?:^|[.$])\w*(?:Connection|Network|Socket|Unavailable|Transport|Disconnected|Unreachable|Communication|BrokerNotAvailable)\w*(?:Error|Exception|Failure)$/,
      weight: 0.6,
    },
    {
      text: /\b(?:connection|network|socket) (?:error|failure|problem|issue|was lost|is down)|temporarily unavailable|try again later|transient (?:error|failure)|unreachable|max(?:imum)? retries exceeded|connection to server at .{1,120} failed/i,
      weight: 0.55,
    },
  ],
  unless: /invalid|credential|password|authenti|pool|quota/i,
  object: [/https?:\/\/([\w.-]+)/, /(?:host|server|endpoint|to) ["'`]?([\w-]+(?:\.[\w-]+)+(?::\d+)?)/],
  summary: (o, p) =>
    `The connection of ${p.task} to ${o ?? "a service"} failed; a rerun may pass, its owner should look when it repeats.`,
  nextStep: "Check that the service is up and reachable; rerun with back-off.",
};
