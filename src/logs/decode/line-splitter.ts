import { mayHoldAll, type Places } from "../line-gate.js";
import { LongLine, longestLine } from "./long-line.js";

/** Text in pieces becomes lines as `sed -n Np` counts them: ended by `\n`, the last one may lack it. A `\r` before the end is dropped. */
export class LineSplitter {
  #pending = "";
  #long: LongLine | null = null;
  /** Lines that were too long to be kept whole. */
  shortened = 0;

  constructor(private readonly take: (line: string, flags: number) => void) {}

  /** With the places of a text each line is handed on with its flags; a line that came in pieces may hold all. */
  push(text: string, places: Places | null = null): void {
    let start = 0;
    let place = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      let flags = places === null ? mayHoldAll : places.anywhere;
      if (places !== null)
        for (; place < places.at.length && (places.at[place] ?? 0) < end; place += 1) flags |= places.bits[place] ?? 0;
      this.#finish(text.slice(start, end), flags);
      start = end + 1;
    }
    if (start < text.length) this.#hold(start === 0 ? text : text.slice(start));
  }

  /** The last line, when it has no `\n`. */
  end(): void {
    if (this.#pending !== "" || this.#long !== null) this.#finish("", mayHoldAll);
  }

  #hold(piece: string): void {
    if (this.#long === null && this.#pending.length + piece.length <= longestLine) {
      this.#pending += piece;
      return;
    }
    if (this.#long === null) {
      this.#long = new LongLine();
      this.#long.push(this.#pending);
      this.#pending = "";
    }
    this.#long.push(piece);
  }

  #finish(piece: string, flags: number): void {
    if (this.#long === null && this.#pending === "" && piece.length <= longestLine) {
      this.#give(piece, flags);
      return;
    }
    this.#hold(piece);
    const line = this.#long === null ? this.#pending : this.#long.take();
    if (this.#long !== null) this.shortened += 1;
    this.#long = null;
    this.#pending = "";
    this.#give(line, mayHoldAll);
  }

  #give(line: string, flags: number): void {
    this.take(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line, flags);
  }
}

/** What to say about lines that were shortened. */
export function shorteningWarnings(splitter: LineSplitter): readonly string[] {
  const count = splitter.shortened;
  if (count === 0) return [];
  return [`${count} line${count === 1 ? " is" : "s are"} longer than 64 KB and shortened in the middle.`];
}
