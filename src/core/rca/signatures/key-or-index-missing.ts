import { named, type Signature } from "../signature.js";

export const keyOrIndexMissing: Signature = {
  id: "key-or-index-missing",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { type: named("KeyNotFoundException", "IndexOutOfRangeException", "BoundsError"), weight: 0.76 },
    {
      type: named(
        "KeyError",
        "IndexError",
        "StopIteration",
        "LookupError",
        "NoSuchElementException",
        "ArrayIndexOutOfBoundsException",
        "IndexOutOfBoundsException",
        "StringIndexOutOfBoundsException",
      ),
      weight: 0.74,
    },
    {
      text: /^KeyError: |list index out of range|index \d+ is out of bounds|out of bounds for (?:axis|length)|None\.get|subscript out of bounds/,
      weight: 0.74,
    },
  ],
  object: [/KeyError: ['"]?([^'"\n]{1,60})/, /(index \d+)/],
  summary: (o, p) =>
    `The code of ${p.task} looks for ${o ?? "a key"} that is not there; its author must handle the new value or correct the key.`,
  nextStep:
    "Look at the last own frame: correct the key, or handle the value that is new in the data; then rerun after the fix.",
};
