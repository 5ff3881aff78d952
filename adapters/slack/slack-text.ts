const entity = /<([^<>]*)>/g;

/** What a person typed, from Slack's markup back to plain words: mentions of the bot fall out, links and names become their text. */
export function readSlackText(markup: string, botUserId: string | null): string {
  return markup
    .slice(0, 4000)
    .replace(entity, (_, inner: string) => entityWords(inner, botUserId))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

function entityWords(inner: string, botUserId: string | null): string {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : inner.slice(bar + 1);
  if (target === `@${botUserId}`) return " ";
  if (target.startsWith("@") || target.startsWith("#")) return label === null ? target : `${target[0]}${label}`;
  if (target.startsWith("!")) return label ?? "";
  // A link keeps its address: a pasted run link is what the question is about.
  return target;
}
