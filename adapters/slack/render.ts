import type { types } from "@slack/bolt";
import type { Block, Button, Card, Line, QuotedLine } from "../../src/chat/card.js";
import { renderLine, renderPlain, renderQuoted } from "./mrkdwn.js";

/** Slack's limits: characters of a text, of a whole message, blocks, elements of an actions block. */
const limits = {
  section: 3000,
  context: 2000,
  message: 12_500,
  blocks: 50,
  buttons: 25,
  label: 75,
  value: 2000,
  url: 3000,
};

export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** A card as Block Kit, within every limit by construction: text is cut with `…`, buttons always stay. */
export function renderCard(card: Card): SlackMessage {
  const blocks: types.KnownBlock[] = [];
  const source = marked(card);
  let room =
    limits.message - source.reduce((sum, block) => sum + (block.b === "buttons" ? buttonsLength(block.buttons) : 0), 0);
  let rows = limits.blocks - source.filter((block) => block.b === "buttons").length;
  for (const block of source) {
    if (block.b === "buttons") {
      const elements = block.buttons.slice(0, limits.buttons).flatMap(renderButton);
      if (elements.length > 0) blocks.push({ type: "actions", elements });
      continue;
    }
    for (const drawn of renderText(block, room)) {
      if (rows < 1) break;
      rows -= 1;
      room -= textLength(drawn);
      blocks.push(drawn);
    }
  }
  return { text: renderPlain(`${card.simulated ? "SIMULATED " : ""}${card.fallback}`, 300), blocks };
}

/** Simulated data says so in the first line of every card. */
function marked(card: Card): readonly Block[] {
  if (!card.simulated) return card.blocks;
  const mark: Line = [
    { t: "code", text: "SIMULATED" },
    { t: "text", text: " " },
  ];
  const [first, ...rest] = card.blocks;
  if (first?.b !== "lines") return [{ b: "lines", lines: [mark] }, ...card.blocks];
  const [line = [], ...lines] = first.lines;
  return [{ b: "lines", lines: [[...mark, ...line], ...lines] }, ...rest];
}

function renderText(block: Exclude<Block, { readonly b: "buttons" }>, room: number): types.KnownBlock[] {
  switch (block.b) {
    case "lines":
      return sections(
        block.lines.map((line) => (left) => renderLine(line, left)),
        room,
      );
    case "fields":
      return sections(
        block.fields.map(
          (field) => (left) =>
            renderLine([{ t: "bold", text: `${field.name}:` }, { t: "text", text: " " }, ...field.value], left),
        ),
        room,
      );
    case "quotes":
      return sections(
        block.quotes.map((quote) => (left) => renderQuote(quote, left)),
        room,
      );
    case "note": {
      const text = renderLine(block.line, Math.min(limits.context, room));
      return text.trim() === "" ? [] : [{ type: "context", elements: [mrkdwn(text)] }];
    }
    case "divider":
      return [{ type: "divider" }];
  }
}

/** Lines gathered into as few sections as their limit allows. */
function sections(lines: readonly ((room: number) => string)[], room: number): types.KnownBlock[] {
  const texts: string[] = [];
  let left = room;
  for (const draw of lines) {
    if (left < 2) break;
    const line = draw(Math.min(limits.section, left));
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= limits.section)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
    left -= line.length + 1;
  }
  return texts.filter((text) => text.trim() !== "").map((text) => ({ type: "section", text: mrkdwn(text) }));
}

function renderQuote(quote: QuotedLine, room: number): string {
  const where = quote.line === null ? quote.source : `${quote.source} line ${quote.line}`;
  const head = renderLine(
    [
      { t: "bold", text: quote.id },
      { t: "text", text: ` ${where}` },
    ],
    Math.min(200, room),
  );
  const left = room - head.length - 8;
  return left < 10 ? head : `${head}\n\`\`\`${renderQuoted(quote.text, left) || " "}\`\`\``;
}

function renderButton(button: Button, index: number): types.Button[] {
  // An id that was cut would mean another proposal: such a button is left out.
  if (button.value.length > limits.value || (button.url?.length ?? 0) > limits.url) return [];
  return [
    {
      type: "button",
      // Every id of a row must differ, and several buttons may open links.
      action_id: button.action === "open" ? `open:${index}` : button.action,
      text: { type: "plain_text", text: labelOf(button), emoji: false },
      ...(button.value === "" ? {} : { value: button.value }),
      ...(button.url === null ? {} : { url: button.url }),
      ...(button.style === "plain" ? {} : { style: button.style }),
    },
  ];
}

function labelOf(button: Button): string {
  const label = button.label.trim() || button.action;
  return label.length <= limits.label ? label : `${label.slice(0, limits.label - 1)}…`;
}

function buttonsLength(buttons: readonly Button[]): number {
  return buttons
    .slice(0, limits.buttons)
    .flatMap(renderButton)
    .reduce((sum, button) => sum + button.text.text.length + (button.url?.length ?? 0), 0);
}

function textLength(block: types.KnownBlock): number {
  if (block.type === "section") return (block.text?.text.length ?? 0) + 1;
  if (block.type === "context") {
    return block.elements.reduce((sum, element) => sum + ("text" in element ? String(element.text).length : 0), 0);
  }
  return 0;
}

/** `verbatim` keeps Slack from making links, channels and mentions out of plain words. */
function mrkdwn(text: string): types.MrkdwnElement {
  return { type: "mrkdwn", text, verbatim: true };
}
