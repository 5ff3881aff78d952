import type { Signature } from "../signature.js";

export const hostNotResolved: Signature = {
  id: "host-not-resolved",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      text: /Temporary failure in name resolution|Name or service not known|Could not resolve host|NameResolutionError|Failed to resolve (?!template|dependenc|plugin|config|import|module)|getaddrinfo (?:failed|ENOTFOUND|EAI_AGAIN)|\bENOTFOUND\b|EAI_AGAIN|UnknownHostException|no such host|nodename nor servname|could not translate host name|Name does not resolve|DNS_RESOLUTION_ERROR|DNS (?:lookup|resolution) (?:failed|error)|Errno -[235]\b|Could not resolve (?:proxy|hostname)|unknown host|ORA-12154|Unable to find the server at/i,
      weight: 0.93,
    },
  ],
  unless: /resolve reference/,
  object: [
    /(?:resolve(?: host| proxy| hostname)?:?|\bENOTFOUND\b|EAI_AGAIN|UnknownHostException:|lookup|host name|server at|host=) ?['"]?([\w-]+(?:\.[\w-]+)+)/i,
    /host='([^']+)'/,
  ],
  summary: (o, p) =>
    `Host name ${o ?? "it calls"} does not resolve from where ${p.task} runs; rerun later, or its owner must correct the name.`,
  nextStep: "Check the name and DNS from the worker; rerun when it resolves.",
};
