import { named, type Signature } from "../signature.js";

export const payloadFieldMissing: Signature = {
  id: "payload-field-missing",
  category: "schema_drift",
  rerunHelps: "no",
  proofs: [
    { type: named("KeyError"), context: /json|response|payload|parse_|\.get\(|requests|api/i, weight: 0.7 },
    {
      text: /(?:field|key|attribute|property) ['"`]?[\w.-]+['"`]? (?:is )?(?:missing|not found|required|absent|unexpected) (?:in|from|by)|required property|Additional properties are not allowed|is a required property|Extra inputs are not permitted|unknown field|no such field|Missing data for required field|unexpected (?:field|key)|NoSuchFieldException|UnrecognizedPropertyException|Field required/i,
      weight: 0.78,
    },
  ],
  unless: /validation errors? for \w*(?:Settings|Config|Options)\b/,
  unlessNear: /environ|config|settings/i,
  object: [
    /KeyError: ['"]?([^'"\n]+)/,
    /['"`]([\w.-]+)['"`] (?:is )?(?:a required|missing|not found|required|was unexpected)/,
  ],
  summary: (o, p) =>
    `Field ${o ?? "it reads"} is not in the payload that ${p.task} got; the producer must say whether the format changed.`,
  nextStep: "Compare the payload with one of the last good run; agree on the format or make the code accept both.",
};
