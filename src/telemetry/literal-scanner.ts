/** Finds which of many literals occur in a text, in one pass that skips ahead (Wu-Manber over pairs, ASCII case folded). */
export interface LiteralScanner {
  /** Bit mask of the groups (0 to 30) with at least one literal in the text; 0 almost always. */
  groupsIn(text: string): number;
}

const window = 4;
const folded = Uint8Array.from({ length: 256 }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));

/** @param groups literals of at least 4 characters; the index of a list is its group's bit. */
export function createLiteralScanner(groups: readonly (readonly string[])[]): LiteralScanner {
  const shift = new Uint8Array(65_536).fill(window - 1);
  const windows = new Uint8Array(65_536);
  const byHash = new Map<number, { literal: string; bit: number }[]>();
  groups.forEach((literals, group) => {
    for (const literal of literals) {
      const lower = literal.toLowerCase();
      for (let end = 1; end < window; end += 1) {
        const pair = pairAt(lower, end);
        shift[pair] = Math.min(shift[pair] ?? 0, window - 1 - end);
      }
      const hash = hashAt(lower, window - 1);
      windows[hash] = 1;
      byHash.set(hash, [...(byHash.get(hash) ?? []), { literal: lower, bit: 1 << group }]);
    }
  });
  return {
    groupsIn(text) {
      let found = 0;
      const length = text.length;
      let at = window - 1;
      while (at < length) {
        const skip = shift[pairAt(text, at)] as number;
        if (skip > 0) {
          at += skip;
          continue;
        }
        const hash = hashAt(text, at);
        if (windows[hash] === 1)
          for (const { literal, bit } of byHash.get(hash) ?? [])
            if ((found & bit) === 0 && standsAt(text, at - window + 1, literal)) found |= bit;
        at += 1;
      }
      return found;
    },
  };
}

function foldedAt(text: string, at: number): number {
  return folded[text.charCodeAt(at) & 0xff] as number;
}

function pairAt(text: string, end: number): number {
  return (foldedAt(text, end - 1) << 8) | foldedAt(text, end);
}

function hashAt(text: string, end: number): number {
  const before = (foldedAt(text, end - 3) << 8) | foldedAt(text, end - 2);
  return ((before * 40_503) ^ pairAt(text, end)) & 0xffff;
}

function standsAt(text: string, start: number, literal: string): boolean {
  for (let offset = 0; offset < literal.length; offset += 1)
    if (foldedAt(text, start + offset) !== foldedAt(literal, offset)) return false;
  return true;
}
