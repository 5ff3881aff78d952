import type { NumberedLine } from "../core/ports.js";

/** A log up to this size is kept whole. */
const wholeChars = 12 * 1024 * 1024;
const wholeLines = 120_000;
/** Of a larger one: what the reader marks, up to this much, and the end. */
const markedChars = 12 * 1024 * 1024;
const tailLines = 4_000;
const tailChars = 2 * 1024 * 1024;

/** The decoded lines that are kept, by number, in bounded memory. */
export class LineStore {
  readonly #head: string[] = [];
  readonly #marked = new Map<number, string>();
  #tail: NumberedLine[] = [];
  #tailStart = 0;
  #headChars = 0;
  #markedChars = 0;
  #tailChars = 0;
  count = 0;

  /** True while every line is kept. */
  get whole(): boolean {
    return this.#head.length === this.count;
  }

  add(text: string): number {
    this.count += 1;
    if (
      this.#head.length === this.count - 1 &&
      this.#headChars + text.length <= wholeChars &&
      this.count <= wholeLines
    ) {
      this.#head.push(text);
      this.#headChars += text.length;
    } else this.#addToTail(text);
    return this.count;
  }

  /** Keeps a line of a large log for good; false when there is no room left. */
  mark(line: number, text: string): boolean {
    if (line <= this.#head.length || this.#marked.has(line)) return true;
    if (this.#markedChars + text.length > markedChars) return false;
    this.#marked.set(line, own(text));
    this.#markedChars += text.length;
    return true;
  }

  get(line: number): string | null {
    const near = this.#head[line - 1] ?? this.#marked.get(line);
    if (near !== undefined) return near;
    const first = this.#tail[this.#tailStart]?.line ?? Number.POSITIVE_INFINITY;
    return this.#tail[this.#tailStart + line - first]?.text ?? null;
  }

  *entries(): Generator<NumberedLine> {
    for (let index = 0; index < this.#head.length; index += 1) yield { line: index + 1, text: this.#head[index] ?? "" };
    const firstOfTail = this.#tail[this.#tailStart]?.line ?? Number.POSITIVE_INFINITY;
    const marked = [...this.#marked.keys()].filter((line) => line < firstOfTail).sort((a, b) => a - b);
    for (const line of marked) yield { line, text: this.#marked.get(line) ?? "" };
    for (let index = this.#tailStart; index < this.#tail.length; index += 1) {
      const entry = this.#tail[index];
      if (entry !== undefined) yield entry;
    }
  }

  #addToTail(text: string): void {
    this.#tail.push({ line: this.count, text: own(text) });
    this.#tailChars += text.length;
    while (this.#tail.length - this.#tailStart > tailLines || this.#tailChars > tailChars) {
      this.#tailChars -= this.#tail[this.#tailStart]?.text.length ?? 0;
      this.#tailStart += 1;
    }
    if (this.#tailStart > tailLines) {
      this.#tail = this.#tail.slice(this.#tailStart);
      this.#tailStart = 0;
    }
  }
}

/** A substring keeps the whole chunk alive that it was cut from; a copy doesn't. */
function own(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, "utf8").toString("utf8");
}
