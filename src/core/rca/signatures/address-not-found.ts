import type { Signature } from "../signature.js";

export const addressNotFound: Signature = {
  id: "address-not-found",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /\b404\b.{0,40}(?:Client Error|Not Found|error)|(?:HTTP|status)(?: ?code| ?error| status)?[:= /(]*40[45]\b|returned error: 40[45]\b|\b405 (?:Client Error|Method Not Allowed)|\b410 (?:Client Error|Gone)/i,
      weight: 0.62,
    },
  ],
  unless: /Not found: (?:Table|Dataset|URI)|storage\.googleapis|HeadObject|GetObject|npm|blob|api\/v\d\/(?:clear)/i,
  object: [/for url:? ?(https?:\/\/[^\s'"?]+)/, /(https?:\/\/[^\s'"?]+)/],
  summary: (o, p) =>
    `${o ?? "The address"} that ${p.task} calls does not exist there (404); the task's owner must correct the address or the resource's name.`,
  nextStep: "Check the address and whether the resource was moved or removed, then rerun after the fix.",
};
