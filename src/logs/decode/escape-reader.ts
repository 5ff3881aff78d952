/** How a quoted text writes what can't stand in it: JSON's way or Python's repr. */
export interface EscapeRules {
  readonly simple: Readonly<Record<string, string>>;
  /** Letter after the backslash to the number of hexadecimal digits that follow. */
  readonly hex: Readonly<Record<string, number>>;
}

export const jsonEscapes: EscapeRules = {
  simple: { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' },
  hex: { u: 4 },
};

export const pythonEscapes: EscapeRules = {
  simple: {
    n: "\n",
    t: "\t",
    r: "\r",
    b: "\b",
    f: "\f",
    v: "\v",
    a: "\x07",
    "0": "\0",
    "\\": "\\",
    "'": "'",
    '"': '"',
  },
  hex: { x: 2, u: 4, U: 8 },
};

/** Reads the inside of a quoted text that comes in pieces; an escape may be torn between two of them. */
export class EscapeReader {
  #torn = "";

  constructor(private readonly rules: EscapeRules) {}

  /**
   * Reads from `start` up to the closing quote. `text` is the unescaped part, `next` where reading stopped (after the
   * quote), `closed` whether the quote was met.
   */
  read(piece: string, start: number, quote: string): { text: string; next: number; closed: boolean } {
    const input = this.#torn === "" ? piece : this.#torn + piece.slice(start);
    const shift = this.#torn === "" ? 0 : start - this.#torn.length;
    let at = this.#torn === "" ? start : 0;
    this.#torn = "";
    const special = quote === "'" ? /['\\]/g : /["\\]/g;
    const out: string[] = [];
    for (;;) {
      special.lastIndex = at;
      const hit = special.exec(input);
      if (hit === null) {
        out.push(input.slice(at));
        return { text: out.join(""), next: piece.length, closed: false };
      }
      out.push(input.slice(at, hit.index));
      if (hit[0] === quote) return { text: out.join(""), next: hit.index + 1 + shift, closed: true };
      const found = this.#escapeAt(input, hit.index);
      if (found === null) {
        this.#torn = input.slice(hit.index);
        return { text: out.join(""), next: piece.length, closed: false };
      }
      out.push(found.text);
      at = hit.index + found.length;
    }
  }

  /** Null when the text ends before the escape does. Unknown escapes stay as they are. */
  #escapeAt(input: string, at: number): { text: string; length: number } | null {
    const letter = input[at + 1];
    if (letter === undefined) return null;
    const simple = this.rules.simple[letter];
    if (simple !== undefined) return { text: simple, length: 2 };
    const digits = this.rules.hex[letter];
    if (digits === undefined) return { text: `\\${letter}`, length: 2 };
    const hex = input.slice(at + 2, at + 2 + digits);
    if (!/^[0-9a-fA-F]*$/.test(hex)) return { text: `\\${letter}`, length: 2 };
    if (hex.length < digits) return null;
    const code = Number.parseInt(hex, 16);
    return { text: digits === 8 ? codePoint(code) : String.fromCharCode(code), length: 2 + digits };
  }
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
