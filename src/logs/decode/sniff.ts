import { InputError } from "../../core/errors.js";
import type { LogInput } from "../../core/ports.js";

export type LogFormat = Exclude<LogInput["format"], "unknown">;

/** Enough of the start to tell the forms apart. */
export const sniffLength = 8_192;

const magics: readonly (readonly [prefix: string, what: string])[] = [
  ["\x1f\x8b", "gzip data; unpack it first (gunzip)"],
  ["PK\x03\x04", "a zip archive; unpack it first"],
  ["(\xb5/\xfd", "zstd data; unpack it first"],
  ["BZh", "bzip2 data; unpack it first"],
  ["\x89PNG", "a picture"],
  ["%PDF-", "a PDF"],
  ["PAR1", "a Parquet file"],
  ["\x7fELF", "a program"],
  ["SQLite format 3", "a database"],
];

/** Tells the form from the first bytes; a claim is believed unless the bytes contradict it. Throws InputError for what is no log. */
export function sniffFormat(name: string, start: Uint8Array, claim: LogInput["format"]): LogFormat {
  const latin1 = Buffer.from(start.subarray(0, sniffLength)).toString("latin1");
  const magic = magics.find(([prefix]) => latin1.startsWith(prefix));
  if (magic !== undefined)
    throw new InputError(`${name} is not a log but ${magic[1]}.`, "Give the text of a task log.");
  if (isBinary(latin1)) throw new InputError(`${name} is not a log: it is binary.`, "Give the text of a task log.");
  if (claim === "text") return "text";
  const head = latin1.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (!head.startsWith("{"))
    return /^\[\s*(?:\{\s*"|$)/.test(head) ? "v2-json" : head === "" && claim !== "unknown" ? claim : "text";
  const content = /^\{\s*(?:"continuation_token"\s*:\s*(?:null|"[^"]*")\s*,\s*)?"content"\s*:\s*([["])/.exec(head);
  if (content !== null) return content[1] === "[" ? "v2-json" : "v1-json";
  if (claim !== "unknown") return claim;
  return /^\{[^\n]*"event"\s*:/.test(head) || /^\{\s*"timestamp"\s*:/.test(head) ? "v2-ndjson" : "text";
}

/** Control characters, other than those of text and terminals, in more than a tenth. */
function isBinary(latin1: string): boolean {
  let strange = 0;
  for (let at = 0; at < latin1.length; at += 1) {
    const code = latin1.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 27) || (code > 27 && code < 32) || code === 127) strange += 1;
  }
  return strange * 10 > latin1.length;
}
