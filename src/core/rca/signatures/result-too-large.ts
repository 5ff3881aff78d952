import type { Signature } from "../signature.js";

export const resultTooLarge: Signature = {
  id: "result-too-large",
  category: "out_of_memory",
  rerunHelps: "no",
  proofs: [
    {
      text: /is bigger than (?:local result size limit )?.{0,20}spark\.driver\.maxResultSize|bigger than spark\.driver\.maxResultSize|Total size of serialized results|exceeds (?:the )?(?:maximum )?(?:result|response) size|Response too large|Cannot broadcast the table .{0,80}larger than|Kryo serialization failed: Buffer overflow|frame size .{0,40}larger than max/i,
      weight: 0.93,
    },
  ],
  object: [/\b(spark\.(?:driver|sql|kryoserializer)\.[\w.]+)\b/],
  summary: (o, p) =>
    `The result that ${p.task} collects is larger than ${o ?? "the limit"}; the job's author must not bring it to the driver.`,
  nextStep: "Write the result to a table instead of collecting it, or aggregate first; then rerun after the fix.",
};
