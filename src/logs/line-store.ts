import type { NumberedLine } from "../core/ports.js";
import { mayHoldAll } from "./line-gate.js";
import type { LogLimits } from "./log-limits.js";
import { ownCopy } from "./own-copy.js";

/** Of a large log: what the reader marks, up to this much, and what was read last. */
const markedChars = 6 * 1024 * 1024;
const recentLines = 6_000;
const recentChars = 2 * 1024 * 1024;

/** The decoded lines that are kept, by number, in bounded memory. */
export class LineStore {
  readonly #head: string[] = [];
  readonly #flags: number[] = [];
  readonly #marked = new Map<number, string>();
  readonly #recent = new Map<number, string>();
  /** The numbers of the recent lines in order; a Map is slow at telling its oldest key. */
  #order: number[] = [];
  #oldest = 0;
  #headChars = 0;
  #markedChars = 0;
  #recentChars = 0;
  #full = false;
  count = 0;

  constructor(private readonly limits: LogLimits) {}

  /** True while every line is kept. */
  get whole(): boolean {
    return !this.#full;
  }

  add(text: string, flags: number): number {
    this.count += 1;
    const { wholeChars, wholeLines } = this.limits;
    if (!this.#full && this.#headChars + text.length <= wholeChars && this.count <= wholeLines) {
      this.#head.push(text);
      this.#flags.push(flags);
      this.#headChars += text.length;
    } else this.#addRecent(text);
    return this.count;
  }

  /** Counts lines that are let go. */
  skip(count: number): void {
    this.count += count;
    this.#full = true;
  }

  /** Keeps a line of a large log for good; without effect when there is no room left or the line is gone. */
  mark(line: number): void {
    const text = this.#recent.get(line);
    if (text === undefined || this.#marked.has(line) || this.#markedChars + text.length > markedChars) return;
    this.#marked.set(line, text);
    this.#markedChars += text.length;
  }

  get(line: number): string | null {
    return this.#head[line - 1] ?? this.#marked.get(line) ?? this.#recent.get(line) ?? null;
  }

  /** What the line may hold (line-gate.ts). */
  flags(line: number): number {
    return this.#flags[line - 1] ?? mayHoldAll;
  }

  *entries(): Generator<NumberedLine> {
    for (let index = 0; index < this.#head.length; index += 1) yield { line: index + 1, text: this.#head[index] ?? "" };
    const later = [...new Set([...this.#marked.keys(), ...this.#recent.keys()])].sort((a, b) => a - b);
    for (const line of later) yield { line, text: this.get(line) ?? "" };
  }

  #addRecent(text: string): void {
    this.#full = true;
    this.#recent.set(this.count, ownCopy(text));
    this.#order.push(this.count);
    this.#recentChars += text.length;
    while (this.#recent.size > recentLines || this.#recentChars > recentChars) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const line = this.#order[this.#oldest] ?? 0;
    this.#oldest += 1;
    this.#recentChars -= this.#recent.get(line)?.length ?? 0;
    this.#recent.delete(line);
    if (this.#oldest <= recentLines) return;
    this.#order = this.#order.slice(this.#oldest);
    this.#oldest = 0;
  }
}
