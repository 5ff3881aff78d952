/** A substring keeps the whole chunk alive that it was cut from; a copy doesn't. */
export function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, "utf16le").toString("utf16le");
}
