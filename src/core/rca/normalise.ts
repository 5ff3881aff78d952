/** The decisive exception with its variable parts replaced, so that the same failure of another day or run reads the same. */
export function normaliseException(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line
    .slice(0, 400)
    .replaceAll(/https?:\/\/[^\s'"]+/g, "<url>")
    .replaceAll(/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{13,}/g, "<id>")
    .replaceAll(/0x[0-9a-fA-F]+/g, "<hex>")
    .replaceAll(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?/g, "<date>")
    .replaceAll(/\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/g, "<address>")
    .replaceAll(/(?:[\w.-]*\/){2,}[\w.=-]*/g, "<path>")
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/g, "<id>")
    .replaceAll(/\d+/g, "<n>")
    .trim();
}
