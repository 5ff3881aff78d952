import { named, type Signature } from "../signature.js";

export const serviceUnavailable: Signature = {
  id: "service-unavailable",
  category: "network_transient",
  rerunHelps: "yes",
  proofs: [
    {
      text: /\b50[0234]\b.{0,40}(?:Server Error|Service (?:Temporarily )?Unavailable|Bad Gateway|Gateway Time|Internal Server Error|error)|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*50[0234]\b|Service (?:Temporarily )?Unavailable|Bad Gateway|Gateway Time-?out|loading the dataset in memory|421 (?:Service|Too many|There are)|returned error: 50[0-9]\b|ServiceUnavailable|TEMPORARILY_UNAVAILABLE|WORKSPACE_TEMPORARILY_UNAVAILABLE|SERVICE_UNDER_MAINTENANCE|InternalServerError|too many 50\d error responses|Internal Server Error|backendError|UNAVAILABLE: |server is overloaded|upstream connect error|The service is (?:currently )?unavailable/i,
      weight: 0.92,
    },
    {
      type: named(
        "ServiceUnavailable",
        "InternalServerError",
        "BadGateway",
        "GatewayTimeout",
        "ServerError",
        "ServiceUnavailableError",
      ),
      weight: 0.9,
    },
  ],
  unless: /[Dd]river (?:is|was) temporarily|ZONE_RESOURCE_POOL|does not have enough resources|STOCKOUT/i,
  object: [/for url:? ?(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/],
  summary: (o, p) =>
    `${o ?? "The service"} answered ${p.task} with a server error; its owner must bring it back, a rerun with back-off should pass.`,
  nextStep: "Rerun with back-off; if it repeats, ask the owner of the service.",
};
