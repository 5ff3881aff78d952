import { createLiteralScanner } from "../../telemetry/literal-scanner.js";
import type { LineSink } from "./line-sink.js";
import type { LineSplitter } from "./line-splitter.js";
import { linesBefore, linesBehind, tellingOfLarge } from "./telling-of-large.js";
import type { Utf8Text } from "./utf8-text.js";

const scanner = createLiteralScanner([tellingOfLarge]);
const lineEnd = 10;
/** A line that grows beyond this is handed on in pieces. */
const longestHeld = 262_144;
/** The tail is held in so many pieces, and one that is being filled. */
const pieces = 4;
const empty = new Uint8Array(0);

/**
 * The rest of a large text: telling lines, what stands around them and the end are decoded and read; of all others only
 * the line ends are counted, in the bytes.
 */
export class LargeText {
  /** The end so far, in copies: whoever gives bytes may use their place again. */
  readonly #tail: Uint8Array[] = [];
  readonly #pieceLength: number;
  /** How much of the last piece of the tail is filled. */
  #filled: number;
  #partial: Uint8Array = empty;
  /** The last whole lines that were not read: they are, if a telling one follows. */
  #unread: Uint8Array = empty;
  #unreadLines = 0;
  #attention = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly lines: LineSplitter,
    private readonly utf8: Utf8Text,
    /** Whether the bytes begin in the middle of a line, which is read. */
    private within: boolean,
  ) {
    this.#pieceLength = Math.ceil(sink.limits.tailLength / pieces);
    this.#filled = this.#pieceLength;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === this.#pieceLength) this.#nextPiece();
      const part = chunk.subarray(at, at + this.#pieceLength - this.#filled);
      this.#tail.at(-1)?.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  end(): void {
    this.#readBefore();
    this.#read(this.#partial);
    this.#tail.forEach((piece, index) => {
      this.#read(index === this.#tail.length - 1 ? piece.subarray(0, this.#filled) : piece);
    });
    this.#tail.length = 0;
    this.#filled = this.#pieceLength;
    this.#partial = empty;
  }

  /** The oldest piece is let go once the others hold as much as is always read. */
  #nextPiece(): void {
    const oldest = this.#tail.length > pieces ? this.#tail.shift() : undefined;
    if (oldest !== undefined) this.#release(oldest);
    this.#tail.push(oldest ?? new Uint8Array(this.#pieceLength));
    this.#filled = 0;
  }

  #read(bytes: Uint8Array): void {
    this.lines.push(this.utf8.push(bytes));
  }

  #release(chunk: Uint8Array): void {
    let bytes = this.within ? this.#finishLine(chunk) : chunk;
    const last = bytes.lastIndexOf(lineEnd);
    if (last < 0) {
      this.#hold(bytes);
      return;
    }
    if (this.#partial.length > 0) {
      const first = bytes.indexOf(lineEnd) + 1;
      this.#scan(Buffer.concat([this.#partial, bytes.subarray(0, first)]));
      this.#partial = empty;
      this.#scan(bytes.subarray(first, last + 1));
    } else this.#scan(bytes.subarray(0, last + 1));
    bytes = bytes.subarray(last + 1);
    this.#hold(bytes);
  }

  #finishLine(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(lineEnd) + 1;
    this.within = end === 0;
    this.#read(end === 0 ? chunk : chunk.subarray(0, end));
    return end === 0 ? empty : chunk.subarray(end);
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#partial = Buffer.concat([this.#partial, bytes]);
    if (this.#partial.length <= longestHeld) return;
    this.#readBefore();
    this.#read(this.#partial);
    this.#partial = empty;
    this.within = true;
  }

  /** Whole lines. */
  #scan(bytes: Uint8Array): void {
    let done = 0;
    let linesDone = 0;
    const lines = scanner.visit(bytes, (start, _, lineEnds) => {
      if (start < done) return;
      const from = bytes.lastIndexOf(lineEnd, start) + 1;
      const to = bytes.indexOf(lineEnd, start) + 1;
      const behind = this.#readBehind(bytes, done, from);
      this.#letGo(bytes.subarray(behind.end, from), lineEnds - linesDone - behind.lines);
      this.#readBefore();
      this.#read(bytes.subarray(from, to));
      this.#attention = linesBehind;
      done = to;
      linesDone = lineEnds + 1;
    });
    const behind = this.#readBehind(bytes, done, bytes.length);
    this.#letGo(bytes.subarray(behind.end), lines - linesDone - behind.lines);
    this.#unread = Uint8Array.from(this.#unread);
  }

  /** Reads on behind a telling line and in an open traceback; where that ends. */
  #readBehind(bytes: Uint8Array, from: number, to: number): { readonly end: number; readonly lines: number } {
    let end = from;
    let lines = 0;
    while (end < to && (this.#attention > 0 || this.sink.attentive)) {
      const wanted = Math.max(1, this.#attention);
      const start = end;
      let count = 0;
      for (; count < wanted && end < to; count += 1) end = bytes.indexOf(lineEnd, end) + 1;
      this.#read(bytes.subarray(start, end));
      this.#attention = Math.max(0, this.#attention - count);
      lines += count;
    }
    return { end, lines };
  }

  #readBefore(): void {
    const last = this.#unread;
    this.#unread = empty;
    this.#unreadLines = 0;
    if (last.length > 0) this.#read(last);
  }

  /** Counts the unread lines and these, but for the last ones, which are held. */
  #letGo(bytes: Uint8Array, lines: number): void {
    const all = this.#unread.length === 0 || lines >= linesBefore ? bytes : Buffer.concat([this.#unread, bytes]);
    const gone = Math.max(0, this.#unreadLines + lines - linesBefore);
    if (gone > 0) this.sink.skip(gone);
    this.#unreadLines += lines - gone;
    this.#unread = all.subarray(startOfLast(all, linesBefore));
  }
}

/** Where the last so many of whole lines start. */
function startOfLast(bytes: Uint8Array, lines: number): number {
  let at = bytes.length;
  for (let count = 0; count < lines && at > 0; count += 1) at = at < 2 ? 0 : bytes.lastIndexOf(lineEnd, at - 2) + 1;
  return at;
}
