import { createLiteralScanner } from "../../telemetry/literal-scanner.js";
import type { LineSink } from "./line-sink.js";
import type { LineSplitter } from "./line-splitter.js";
import { linesBehind, tailLength, tellingOfLarge } from "./telling-of-large.js";
import type { Utf8Text } from "./utf8-text.js";

const scanner = createLiteralScanner([tellingOfLarge]);
const lineEnd = 10;
/** A line that grows beyond this is handed on in pieces. */
const longestHeld = 262_144;
const empty = new Uint8Array(0);

/**
 * The rest of a large text: telling lines, what follows them and the end are decoded and read; of all others only the
 * line ends are counted, in the bytes.
 */
export class LargeText {
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
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
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    for (let first = this.#tail[0]; first !== undefined; first = this.#tail[0]) {
      if (this.#tailBytes - first.length < tailLength) return;
      this.#tail.shift();
      this.#tailBytes -= first.length;
      this.#release(first);
    }
  }

  end(): void {
    for (const held of [this.#partial, ...this.#tail]) this.#read(held);
    this.#tail = [];
    this.#partial = empty;
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
      const next = bytes.indexOf(lineEnd, at) + 1;
      this.#read(bytes.subarray(at, next));
      this.#attention = Math.max(0, this.#attention - 1);
      at = next;
    }
    if (at < to) this.sink.skip(countLineEnds(bytes, at, to));
  }
}

/** Four bytes at a time: a word without a line end has no zero byte once it is compared. */
function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  const aligned = Math.min(to, from + ((4 - ((bytes.byteOffset + from) & 3)) & 3));
  for (; at < aligned; at += 1) if (bytes[at] === lineEnd) count += 1;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (to - at) >> 2);
  for (let index = 0; index < words.length; index += 1) {
    const compared = (words[index] as number) ^ 0x0a0a0a0a;
    if (((compared - 0x01010101) & ~compared & 0x80808080) === 0) continue;
    const start = at + index * 4;
    for (let offset = 0; offset < 4; offset += 1) if (bytes[start + offset] === lineEnd) count += 1;
  }
  for (at += words.length * 4; at < to; at += 1) if (bytes[at] === lineEnd) count += 1;
  return count;
}
