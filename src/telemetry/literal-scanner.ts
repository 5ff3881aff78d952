/** Finds which of many literals occur in a text, in one pass that skips ahead (Wu-Manber over pairs, ASCII case folded). */
export interface LiteralScanner {
  /** Bit mask of the groups (0 to 30) with at least one literal in the text; 0 almost always. */
  groupsIn(text: string): number;
  /**
   * Visits the literals in bytes of one-byte characters, in order: `visit` gets where one starts and its group's bit, and
   * returns where to go on at the earliest.
   */
  visit(bytes: Uint8Array, visit: (start: number, group: number) => number): void;
}

interface Entry {
  readonly codes: Uint8Array;
  readonly bit: number;
}

const window = 4;
const folded = Uint8Array.from({ length: 256 }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));
const none: readonly Entry[] = [];

/** @param groups literals of at least 4 characters; the index of a list is its group's bit. */
export function createLiteralScanner(groups: readonly (readonly string[])[]): LiteralScanner {
  const shift = new Uint8Array(65_536).fill(window - 1);
  const windows = new Uint8Array(65_536);
  const byHash = new Map<number, Entry[]>();
  groups.forEach((literals, group) => {
    for (const literal of literals) {
      const codes = Uint8Array.from(literal, (_, at) => folded[literal.charCodeAt(at) & 0xff] as number);
      for (let end = 1; end < window; end += 1) shorten(shift, codes[end - 1] ?? 0, codes[end] ?? 0, window - 1 - end);
      const hash = hashOf(codes[0] ?? 0, codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0);
      windows[hash] = 1;
      byHash.set(hash, [...(byHash.get(hash) ?? []), { codes, bit: 1 << group }]);
    }
  });
  return {
    groupsIn(text) {
      let found = 0;
      const length = text.length;
      let at = window - 1;
      while (at < length) {
        const skip = shift[((text.charCodeAt(at - 1) & 0xff) << 8) | (text.charCodeAt(at) & 0xff)] as number;
        if (skip > 0) {
          at += skip;
          continue;
        }
        const hash = hashOf(codeAt(text, at - 3), codeAt(text, at - 2), codeAt(text, at - 1), codeAt(text, at));
        if (windows[hash] === 1)
          for (const { codes, bit } of byHash.get(hash) ?? none)
            if ((found & bit) === 0 && standsInText(text, at - window + 1, codes)) found |= bit;
        at += 1;
      }
      return found;
    },
    visit(bytes, visit) {
      const length = bytes.length;
      let at = window - 1;
      while (at < length) {
        const skip = shift[((bytes[at - 1] as number) << 8) | (bytes[at] as number)] as number;
        if (skip > 0) {
          at += skip;
          continue;
        }
        const hash = hashOf(byteAt(bytes, at - 3), byteAt(bytes, at - 2), byteAt(bytes, at - 1), byteAt(bytes, at));
        let next = at + 1;
        if (windows[hash] === 1)
          for (const { codes, bit } of byHash.get(hash) ?? none)
            if (standsInBytes(bytes, at - window + 1, codes))
              next = Math.max(next, visit(at - window + 1, bit) + window - 1);
        at = next;
      }
    },
  };
}

/** Both cases of a pair, so that a text need not be folded on its way. */
function shorten(shift: Uint8Array, first: number, second: number, to: number): void {
  for (const one of casesOf(first))
    for (const other of casesOf(second)) {
      const pair = (one << 8) | other;
      shift[pair] = Math.min(shift[pair] ?? 0, to);
    }
}

function casesOf(code: number): readonly number[] {
  return code >= 97 && code <= 122 ? [code, code - 32] : [code];
}

function codeAt(text: string, at: number): number {
  return folded[text.charCodeAt(at) & 0xff] as number;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return folded[bytes[at] as number] as number;
}

function hashOf(first: number, second: number, third: number, fourth: number): number {
  return ((((first << 8) | second) * 40_503) ^ ((third << 8) | fourth)) & 0xffff;
}

function standsInText(text: string, start: number, codes: Uint8Array): boolean {
  for (let offset = 0; offset < codes.length; offset += 1)
    if (codeAt(text, start + offset) !== codes[offset]) return false;
  return true;
}

function standsInBytes(bytes: Uint8Array, start: number, codes: Uint8Array): boolean {
  if (start + codes.length > bytes.length) return false;
  for (let offset = 0; offset < codes.length; offset += 1)
    if (byteAt(bytes, start + offset) !== codes[offset]) return false;
  return true;
}
