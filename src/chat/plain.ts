/** What a chat surface must not draw: control characters, broken surrogates, and marks that hide in text or turn it around. Joiners stay: emoji and scripts need them. */
const undrawable = /(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf})+/gu;

/** The text on one line without what must not be drawn; its own blanks stay. */
export function drawable(text: string): string {
  return text.replace(undrawable, " ");
}

/** One tidy line of drawable text of at most `limit` UTF-16 units; a cut ends in `…` and never splits a character. */
export function plain(text: string, limit: number): string {
  // A cheap cut first: nobody waits for a regex over megabytes of which a line is shown.
  const line = drawable(text.slice(0, limit * 4))
    .replace(/ {2,}/g, " ")
    .trim();
  return cut(line, limit);
}

/** The text's own characters, at most `limit` UTF-16 units of them. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 2);
  const end = last >= 0xd800 && last <= 0xdbff ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}
