import { EscapeReader, pythonEscapes } from "./escape-reader.js";

/**
 * Reads the Python repr of a list of tuples of strings in pieces, as the v1 log endpoint writes it, and hands on the text
 * of every second element. What is no such repr at all is handed on as it is.
 */
export class ReprOfTuples {
  readonly #escapes = new EscapeReader(pythonEscapes);
  #started = false;
  #raw = false;
  #quote: string | null = null;
  #element = 0;
  #closed = false;

  constructor(
    private readonly take: (text: string) => void,
    /** Called between the texts of two tuples. */
    private readonly nextTuple: () => void,
  ) {}

  /** True when the list was read to its end. */
  get complete(): boolean {
    return this.#closed || this.#raw || !this.#started;
  }

  push(piece: string): void {
    let at = 0;
    if (!this.#started && piece !== "") {
      this.#started = true;
      this.#raw = !piece.trimStart().startsWith("[");
    }
    if (this.#raw) {
      this.take(piece);
      return;
    }
    while (at < piece.length)
      at = this.#quote === null ? this.#between(piece, at) : this.#inside(piece, at, this.#quote);
  }

  #inside(piece: string, at: number, quote: string): number {
    const part = this.#escapes.read(piece, at, quote);
    if (this.#element === 1 && part.text !== "") this.take(part.text);
    if (part.closed) this.#quote = null;
    return part.next;
  }

  #between(piece: string, at: number): number {
    const char = piece[at];
    if (char === "'" || char === '"') this.#quote = char;
    else if (char === "," && this.#element >= 0) this.#element += 1;
    else if (char === "(") {
      this.#element = 0;
      this.nextTuple();
    } else if (char === ")") this.#element = -1;
    else if (char === "]") this.#closed = true;
    return at + 1;
  }
}
