/** A statement with its variable parts replaced, so that repeats are seen as such. */
export function templateOf(text: string): string {
  return text
    .slice(0, 400)
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b(?:0x)?[0-9a-f]{12,64}\b/gi, "<hex>")
    .replace(/\d+/g, "0");
}
