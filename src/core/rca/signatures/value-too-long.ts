import { named, type Signature } from "../signature.js";

export const valueTooLong: Signature = {
  id: "value-too-long",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    {
      text: /value too long for type|Data too long for column|ORA-12899|String or binary data would be truncated|\[DELTA_EXCEED_CHAR_VARCHAR_LIMIT\]|\[EXCEED_LIMIT_LENGTH\]|SQLSTATE:? ?22001|String '.{0,200}' is too long|User character length limit|exceeds (?:the )?(?:max(?:imum)? )?(?:column )?length/i,
      weight: 0.93,
    },
    { type: named("StringDataRightTruncation"), weight: 0.94 },
  ],
  object: [/type ([\w ]+\(\d+\))/, /column ['"`]?([\w.]+)/i],
  summary: (o, p) =>
    `A value is longer than ${o ?? "its column"} allows in ${p.task}; the producer or the table's owner must decide, a rerun can't help.`,
  nextStep: "Find the long values; widen the column or correct the data, then rerun after the fix.",
};
