/** The longest summary a card shows. */
export const summaryLimit = 160;

/** A sentence within the limit, cut at a word, in one line. */
export function shorten(sentence: string, limit = summaryLimit): string {
  const flat = sentence.replaceAll(/\s+/g, " ").trim();
  if (flat.length <= limit) return flat;
  const cut = flat.slice(0, limit - 1);
  const space = cut.lastIndexOf(" ");
  return `${space > limit * 0.6 ? cut.slice(0, space) : cut}…`;
}
