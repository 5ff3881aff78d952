/**
 * The ways one configured secret may stand in a text: raw, base64 and base64url (at each of the three alignments, so
 * that `user:secret` in a Basic header is found), percent-encoded, JSON-escaped, hex. Longest first.
 */
export function encodingsOf(secret: string): readonly string[] {
  if (secret.length < 4) return [];
  const bytes = Buffer.from(secret, "utf8");
  const base64 = [
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    ...[0, 1, 2].map((before) => alignedBase64(bytes, before)),
  ].filter((text) => text.length >= 6);
  const percent = encodeURIComponent(secret);
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = new Set([
    secret,
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    percent,
    percent.replaceAll("%20", "+"),
    percent.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    everyByte,
    everyByte.toUpperCase(),
    json,
    json.replaceAll("/", "\\/"),
    json.replaceAll("\\", "\\\\"),
    json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
    secret.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ]);
  return [...forms].sort((a, b) => b.length - a.length);
}

/** The part of the base64 text that depends on these bytes alone, when `before` other bytes stand in front of them. */
function alignedBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}
