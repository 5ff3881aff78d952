import type { Line, Span } from "../../src/chat/card.js";
import { drawable } from "../../src/chat/plain.js";

/** A line of at most `room` characters of Slack's mrkdwn. A span that has no room is cut with `…`, never its markup. */
export function renderLine(line: Line, room: number): string {
  let drawn = "";
  for (const span of line) {
    const left = room - drawn.length;
    if (left < 1) break;
    drawn += renderSpan(span, left);
  }
  // At the start of a line an escaped > is still a quotation mark to Slack.
  return drawn.startsWith("&gt;") && drawn.length < room ? `\u200b${drawn}` : drawn.slice(0, room);
}

/** A quoted line as code block text: nothing in it can close the block. */
export function renderQuoted(text: string, room: number): string {
  return escaped(drawable(text.slice(0, room + 1)).replaceAll("```", "ˋˋˋ"), room);
}

/** Plain text for the places that take mrkdwn but should show none. */
export function renderPlain(text: string, room: number): string {
  return escaped(softened(drawable(text.slice(0, room + 1))), room);
}

function renderSpan(span: Span, room: number): string {
  switch (span.t) {
    case "text":
      return renderPlain(span.text, room);
    case "bold":
      return wrapped(span.text, "*", softened, room);
    case "code":
      return wrapped(span.text, "`", (text) => text.replaceAll("`", "ˋ"), room);
    case "person":
      // Plain words: <@U…> would notify, and a name never can.
      return renderPlain(span.name, room);
    case "link":
      return renderLink(span.text, span.url, room);
    case "time":
      return renderTime(span.at, span.style, room);
  }
}

/** Marks that hug their text, as Slack wants them; blanks stay outside. */
function wrapped(text: string, mark: string, tamed: (text: string) => string, room: number): string {
  const line = drawable(text.slice(0, room + 1));
  const inner = line.trim();
  if (inner === "" || room < 6) return renderPlain(line, room);
  const before = line.startsWith(" ") ? " " : "";
  const after = line.endsWith(" ") ? " " : "";
  return `${before}${mark}${escaped(tamed(inner), room - 4)}${mark}${after}`;
}

function renderLink(text: string, url: string, room: number): string {
  if (!/^https?:\/\//.test(url)) return renderPlain(text, room);
  const target = url.replaceAll("&", "&amp;").replace(/[<>|\s]/g, (character) => encodeURIComponent(character));
  const link = `<${target}|${renderPlain(text, 200)}>`;
  return link.length <= room ? link : renderPlain(text, room);
}

const dateFormats = { time: "{time}", date_time: "{date_short_pretty} {time}", relative: "{ago}" } as const;

function renderTime(at: string, style: keyof typeof dateFormats, room: number): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds)) return renderPlain(at, room);
  const iso = new Date(milliseconds).toISOString();
  const utc = style === "time" ? `${iso.slice(11, 16)} UTC` : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
  const token = `<!date^${Math.floor(milliseconds / 1000)}^${dateFormats[style]}|${utc}>`;
  return token.length <= room ? token : renderPlain(utc, room);
}

/** Slack reads these as bold, struck and code wherever two of them meet; look-alikes it leaves alone. */
function softened(text: string): string {
  return text.replaceAll("*", "∗").replaceAll("~", "∼").replaceAll("`", "ˋ");
}

/** `& < >` escaped, which is all that makes links, mentions and dates; cut before an escape, never inside it. */
function escaped(text: string, room: number): string {
  const whole = text
    .slice(0, room + 1)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  if (whole.length <= room && text.length <= room) return whole;
  if (room < 1) return "";
  const kept = whole.slice(0, room - 1);
  const open = kept.lastIndexOf("&");
  const safe = open >= 0 && !kept.slice(open).includes(";") ? kept.slice(0, open) : kept;
  return `${/[\ud800-\udbff]$/.test(safe) ? safe.slice(0, -1) : safe}…`;
}
