import { named, type Signature } from "../signature.js";

export const nullInCode: Signature = {
  id: "null-in-code",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { type: named("NullReferenceException"), weight: 0.84 },
    {
      text: /'NoneType' object|NoneType|Cannot read propert(?:y|ies) .{0,40}of (?:null|undefined)|is not a function$|nil pointer dereference|undefined method .{1,60} for nil/,
      weight: 0.84,
    },
    { type: named("NullPointerException"), weight: 0.72 },
  ],
  unless:
    /has no attribute '(?:get_)?(?:frozen_)?credentials?'|has no attribute '(?:access_key|secret_key|token)'|of type <class 'NoneType'>/,
  object: [/has no attribute '(\w+)'/, /(?:reading|property) '(\w+)'/],
  summary: (o, p) =>
    `The code of ${p.task} does not expect an empty value (${o ?? "None"}); its author must handle it, a rerun can't help.`,
  nextStep: "Find which value is empty and handle it in the code, then rerun after the fix.",
};
