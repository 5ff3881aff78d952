import { countLineEnds } from "../../telemetry/byte-kernel.js";
import { createLiteralScanner } from "../../telemetry/literal-scanner.js";
import type { LineSink } from "./line-sink.js";
import type { LineSplitter } from "./line-splitter.js";
import { linesBehind, tailLength, tellingOfLarge } from "./telling-of-large.js";
import type { Utf8Text } from "./utf8-text.js";

const scanner = createLiteralScanner([tellingOfLarge]);
const lineEnd = 10;
/** A line that grows beyond this is handed on in pieces. */
const longestHeld = 262_144;
const pieceLength = 262_144;
const empty = new Uint8Array(0);

/**
 * The rest of a large text: telling lines, what follows them and the end are decoded and read; of all others only the
 * line ends are counted, in the bytes.
 */
export class LargeText {
  /** The end so far, in copies: whoever gives bytes may use their place again. */
  readonly #tail: Uint8Array[] = [];
  /** How much of the last piece of the tail is filled. */
  #filled = pieceLength;
  #partial: Uint8Array = empty;
  #attention = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly lines: LineSplitter,
    private readonly utf8: Utf8Text,
    /** Whether the bytes begin in the middle of a line, which is read. */
    private within: boolean,
  ) {}

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === pieceLength) this.#nextPiece();
      const part = chunk.subarray(at, at + pieceLength - this.#filled);
      this.#tail.at(-1)?.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  end(): void {
    this.#read(this.#partial);
    this.#tail.forEach((piece, index) => {
      this.#read(index === this.#tail.length - 1 ? piece.subarray(0, this.#filled) : piece);
    });
    this.#tail.length = 0;
    this.#filled = pieceLength;
    this.#partial = empty;
  }

  /** The oldest piece is let go once the others hold as much as is always read. */
  #nextPiece(): void {
    const oldest = (this.#tail.length - 1) * pieceLength >= tailLength ? this.#tail.shift() : undefined;
    if (oldest !== undefined) this.#release(oldest);
    this.#tail.push(oldest ?? new Uint8Array(pieceLength));
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
    this.#read(this.#partial);
    this.#partial = empty;
    this.within = true;
  }

  /** Whole lines. */
  #scan(bytes: Uint8Array): void {
    let done = 0;
    scanner.visit(bytes, (start) => {
      if (start < done) return done;
      const from = bytes.lastIndexOf(lineEnd, start) + 1;
      const to = bytes.indexOf(lineEnd, start) + 1;
      this.#pass(bytes, done, from);
      this.#read(bytes.subarray(from, to));
      this.#attention = linesBehind;
      done = to;
      return to;
    });
    this.#pass(bytes, done, bytes.length);
  }

  /** Lines in which nothing telling stands. */
  #pass(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && (this.#attention > 0 || this.sink.attentive)) {
      const wanted = Math.max(1, this.#attention);
      let end = at;
      let count = 0;
      for (; count < wanted && end < to; count += 1) end = bytes.indexOf(lineEnd, end) + 1;
      this.#read(bytes.subarray(at, end));
      this.#attention = Math.max(0, this.#attention - count);
      at = end;
    }
    if (at < to) this.sink.skip(countLineEnds(bytes, at, to));
  }
}
