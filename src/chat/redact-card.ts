import type { Block, Button, Card, Line, Span } from "./card.js";

/** The card with every text passed through `redact`; addresses and ids that we built stay as they are. */
export function redactCard(card: Card, redact: (text: string) => string): Card {
  return { ...card, fallback: redact(card.fallback), blocks: card.blocks.map((block) => redactBlock(block, redact)) };
}

type Redact = (text: string) => string;

function redactBlock(block: Block, redact: Redact): Block {
  const line = (spans: Line): Line => spans.map((span) => redactSpan(span, redact));
  switch (block.b) {
    case "lines":
      return { ...block, lines: block.lines.map(line) };
    case "quotes":
      return { ...block, quotes: block.quotes.map((quote) => ({ ...quote, text: redact(quote.text) })) };
    case "fields":
      return { ...block, fields: block.fields.map(({ name, value }) => ({ name, value: line(value) })) };
    case "note":
      return { ...block, line: line(block.line) };
    case "buttons":
      return { ...block, buttons: block.buttons.map((button): Button => ({ ...button, label: redact(button.label) })) };
    case "divider":
      return block;
  }
}

function redactSpan(span: Span, redact: Redact): Span {
  switch (span.t) {
    case "time":
      return span;
    case "person":
      return { ...span, name: redact(span.name) };
    default:
      return { ...span, text: redact(span.text) };
  }
}
