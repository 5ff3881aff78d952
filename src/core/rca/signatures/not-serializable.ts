import type { Signature } from "../signature.js";

export const notSerializable: Signature = {
  id: "not-serializable",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /cannot pickle|Can't pickle|PicklingError|Could not serialize object|Task not serializable|NotSerializableException|is not JSON serializable|CONTEXT_ONLY_VALID_ON_DRIVER|SparkContext can only be used on the driver|not serializable/i,
      weight: 0.92,
    },
  ],
  object: [/pickle (?:<)?'?([\w.]+)/, /type (\w+) is not JSON/],
  summary: (o, p) =>
    `${p.task} ships an object (${o ?? "see the trace"}) that can't be serialised; the code's author must change it, a rerun can't help.`,
  nextStep: "Create the object inside the function or return plain data, then rerun after the fix.",
};
