const headLength = 16_384;
const tailLength = 16_384;
const longestKept = 98_304;
const windowLength = 512;
const causeWords =
  /(?:error|exception|traceback|caused by|failed|failure|denied|refused|timed out|sqlstate|killed|no space left|not found)\b/gi;

/** Longer lines are shortened. */
export const longestLine = 65_536;

/** Collects one line that has no end in sight: its head, its tail and the surroundings of what looks like a cause stay. */
export class LongLine {
  readonly #kept: string[] = [];
  #keptLength = 0;
  #tail = "";

  push(piece: string): void {
    let rest = piece;
    if (this.#keptLength < headLength) {
      const head = rest.slice(0, headLength - this.#keptLength);
      this.#keep(head);
      rest = rest.slice(head.length);
    }
    if (rest.length > tailLength) {
      this.#keepWindows(this.#tail + rest.slice(0, -tailLength));
      this.#tail = rest.slice(-tailLength);
    } else if (this.#tail.length + rest.length > 2 * tailLength) {
      this.#keepWindows(this.#tail);
      this.#tail = rest;
    } else this.#tail += rest;
  }

  take(): string {
    return [...this.#kept, this.#tail].join("");
  }

  #keep(piece: string): void {
    this.#kept.push(piece);
    this.#keptLength += piece.length;
  }

  #keepWindows(text: string): void {
    let end = 0;
    causeWords.lastIndex = 0;
    for (let hit = causeWords.exec(text); hit !== null && this.#keptLength < longestKept; hit = causeWords.exec(text)) {
      const start = Math.max(end, hit.index - windowLength);
      if (start > end) this.#keep("…");
      end = Math.min(text.length, hit.index + windowLength);
      this.#keep(text.slice(start, end));
      causeWords.lastIndex = end;
    }
    if (end < text.length && this.#kept.at(-1) !== "…") this.#keep("…");
  }
}
