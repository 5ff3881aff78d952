import type { Block, Card, Line } from "../../../src/chat/card.js";

/** A card as a reader sees it, one string a drawn line. */
export function cardText(card: Card): readonly string[] {
  return card.blocks.flatMap(blockText);
}

export function buttonsOf(card: Card): readonly string[] {
  return card.blocks.flatMap((block) => (block.b === "buttons" ? block.buttons.map((button) => button.action) : []));
}

function blockText(block: Block): readonly string[] {
  switch (block.b) {
    case "lines":
      return block.lines.map(lineText);
    case "note":
      return [lineText(block.line)];
    case "fields":
      return block.fields.map((field) => `${field.name}: ${lineText(field.value)}`);
    case "quotes":
      return block.quotes.map((quote) => `${quote.id} ${quote.source}:${quote.line ?? ""} ${quote.text}`);
    case "buttons":
      return [block.buttons.map((button) => `[${button.label}]`).join(" ")];
    case "divider":
      return ["---"];
  }
}

function lineText(line: Line): string {
  return line
    .map((span) => (span.t === "time" ? `<${span.at}>` : span.t === "person" ? span.name : span.text))
    .join("");
}
