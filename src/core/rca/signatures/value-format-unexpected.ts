import { named, type Signature } from "../signature.js";

export const valueFormatUnexpected: Signature = {
  id: "value-format-unexpected",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    { type: named("FormatException"), weight: 0.8 },
    {
      text: /could not convert string to (?:float|int)|does not match format|unconverted data remains|ConversionSyntax|InvalidOperation|time data|month must be in|day is out of range|Unknown string format|Invalid isoformat string|year \d+ is out of range|not enough values to unpack|too many values to unpack|invalid date|Cannot convert non-finite|cannot convert float (?:NaN|infinity) to integer/i,
      weight: 0.82,
    },
    { type: named("InvalidOperation", "ParserError", "IntCastingNaNError"), weight: 0.78 },
  ],
  object: [/(?:to (?:float|int|integer)|time data|data remains|format|string):? ['"]([^'"]{1,50})['"]/],
  summary: (o, p) =>
    `The code of ${p.task} can't read the value ${o ?? "it got"}; its author must accept this format or the feed must be put right.`,
  nextStep: "Decide whether the format is valid; correct the parser or the feed, then rerun after the fix.",
};
