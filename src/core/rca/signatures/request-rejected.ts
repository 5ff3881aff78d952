import type { Signature } from "../signature.js";

export const requestRejected: Signature = {
  id: "request-rejected",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /\b(?:400|422)\b.{0,40}(?:Client Error|Bad Request|Unprocessable)|returned error: (?:400|422)\b|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*(?:400|422)\b/i,
      weight: 0.58,
    },
  ],
  unless:
    /invalid volume|docker|already_exists|expired|INVALID_PARAMETER_VALUE|quota|Unrecognized name|Syntax error|does not exist|Resources exceeded/i,
  object: [/for url:? ?(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/],
  summary: (o, p) =>
    `${o ?? "The service"} rejects the request of ${p.task} as wrong (400/422); the task's author must correct what it sends.`,
  nextStep: "Read the answer's body for the field it rejects; correct the request, then rerun after the fix.",
};
