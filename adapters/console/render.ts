import type { Block, Card, Line, Span } from "../../src/chat/card.js";
import type { ConsoleMessage } from "./conversation.js";

/** A message as one reader's page gets it. */
export interface MessageView {
  readonly id: string;
  readonly thread: string;
  readonly seq: number;
  readonly postedAt: string;
  readonly editedAt: string | null;
  readonly author: { readonly id: string; readonly name: string } | null;
  /** Only this reader sees it. */
  readonly isPrivate: boolean;
  readonly card: Card | null;
  readonly text: string | null;
}

/** A thread as the list shows it. */
export interface ThreadView {
  readonly id: string;
  /** The newest change this reader may see. */
  readonly seq: number;
  readonly startedAt: string;
  readonly changedAt: string;
  readonly replies: number;
  readonly tone: Card["tone"];
  /** `incident`, `summary`, `question` …: what the root message is about. */
  readonly about: string;
  /** The root's first two lines. */
  readonly lines: readonly Line[];
}

export interface Reader {
  /** null where nobody is signed in. */
  readonly personId: string | null;
  /** False: buttons that act are left out. */
  readonly mayAct: boolean;
}

export function mayRead(message: ConsoleMessage, personId: string | null): boolean {
  return message.onlyFor === null || message.onlyFor === personId;
}

export function renderMessage(message: ConsoleMessage, reader: Reader): MessageView {
  const { id, threadId, seq, postedAt, editedAt, author, content } = message;
  return {
    id,
    thread: threadId,
    seq,
    postedAt,
    editedAt,
    author,
    isPrivate: message.onlyFor !== null,
    card: "card" in content ? renderCard(content.card, reader.mayAct) : null,
    text: "text" in content ? content.text : null,
  };
}

/** null when the reader may see none of it. */
export function renderThread(messages: readonly ConsoleMessage[], reader: Reader): ThreadView | null {
  const seen = messages.filter((message) => mayRead(message, reader.personId));
  const root = seen[0];
  if (root === undefined) return null;
  const newest = seen.reduce((a, b) => (b.seq > a.seq ? b : a));
  const card = "card" in root.content ? root.content.card : null;
  return {
    id: root.threadId,
    seq: newest.seq,
    startedAt: root.postedAt,
    changedAt: newest.editedAt ?? newest.postedAt,
    replies: seen.length - 1,
    tone: card?.tone ?? "neutral",
    about: card === null ? "question" : (card.subject.split(":")[0] ?? "message"),
    lines: "text" in root.content ? [[{ t: "text", text: root.content.text }]] : headLines(root.content.card),
  };
}

function headLines(card: Card): readonly Line[] {
  const first = card.blocks.find((block) => block.b === "lines");
  const lines = first?.lines.slice(0, 2) ?? [];
  return lines.length > 0 ? lines.map((line) => line.map(safeSpan)) : [[{ t: "text", text: card.fallback }]];
}

/** The tree the page draws, with nothing in it that could lead elsewhere than to the web. */
function renderCard(card: Card, mayAct: boolean): Card {
  return { ...card, blocks: card.blocks.map((block) => renderBlock(block, mayAct)) };
}

function renderBlock(block: Block, mayAct: boolean): Block {
  switch (block.b) {
    case "lines":
      return { b: "lines", lines: block.lines.map((line) => line.map(safeSpan)) };
    case "note":
      return { b: "note", line: block.line.map(safeSpan) };
    case "fields":
      return { b: "fields", fields: block.fields.map((field) => ({ ...field, value: field.value.map(safeSpan) })) };
    case "buttons":
      return {
        b: "buttons",
        buttons: block.buttons.filter((button) => (button.action === "open" ? isWebAddress(button.url) : mayAct)),
      };
    default:
      return block;
  }
}

function safeSpan(span: Span): Span {
  return span.t === "link" && !isWebAddress(span.url) ? { t: "text", text: span.text } : span;
}

function isWebAddress(url: string | null): boolean {
  return url !== null && /^https?:\/\//i.test(url) && URL.canParse(url);
}
