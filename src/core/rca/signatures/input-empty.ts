import { named, type Signature } from "../signature.js";

export const inputEmpty: Signature = {
  id: "input-empty",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    { text: /\[UNABLE_TO_INFER_SCHEMA\]|Unable to infer schema for \w+/, weight: 0.94 },
    { text: /found array with 0 sample|0 sample\(s\)|n_samples ?= ?0\b/i, weight: 0.88 },
    { type: named("EmptyDataError"), weight: 0.9 },
    {
      text: /No columns to parse from file|\bno (?:rows|data|records|new (?:rows|data|files|records)|orders|events|files)\b.{0,40}\b(?:in|for|from|found|available|returned|on|since)\b|(?:(?<![+.\d])\b0|\bzero) (?:rows|records|files|events) (?:in|for|from|found|read|returned|loaded|available)|(?:is|was|came|are|were) (?:empty|blank)\b|(?:empty|blank) (?:DataFrame|dataframe|dataset|file|input|partition|table|result|extract)|got 0 rows|returned (?:no|0|zero) (?:rows|records|results)|expected at least (?:1|one) row|file is empty|size 0 bytes|The query returned no results|Stop: empty/i,
      weight: 0.84,
    },
    {
      kinds: ["exception"],
      text: /\b(?:delivered|received|provided|sent|shipped|supplied|contains?|contained|holds?|found|has|had|got|read|loaded|extracted|fetched|returned|only) (?:(?:0|zero) (?!errors?|failures?|duplicates?|nulls?|violations?|warnings?|conflicts?)\w+|no (?:rows|records|data|files|orders|events|messages|items|lines|entries|transactions|documents|partitions)\b)/i,
      weight: 0.8,
    },
  ],
  unless: /0 errors|exit code 0|cannot be empty string|must not be empty|should not be empty/i,
  object: [
    /(?:in|for|from) ([\w.]+\.[\w.]+(?: for \S+)?|[\w.-]+(?:=| for )[\w=-]+)/,
    /(\S+\.(?:csv|parquet|json|avro|gz|txt|xlsx?))/,
  ],
  summary: (o, p) =>
    `Input ${o ?? "of the task"} holds no rows for ${p.task}; its producer must deliver the data before a rerun can help.`,
  nextStep: "Check the producer's last run and the date it wrote; rerun once the rows are there.",
};
