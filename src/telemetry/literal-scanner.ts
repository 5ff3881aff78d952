/** Finds which of many literals occur in a text, in one pass that skips ahead (Wu-Manber over pairs, ASCII case folded). */
export interface LiteralScanner {
  /** Bit mask of the groups (0 to 30) with at least one literal in the text; 0 almost always. */
  groupsIn(text: string): number;
}

const shortest = 3;

/** @param groups literals of at least 3 characters; the index of a list is its group's bit. */
export function createLiteralScanner(groups: readonly (readonly string[])[]): LiteralScanner {
  const shift = new Uint8Array(65536).fill(shortest - 1);
  const byPair = new Map<number, { literal: string; bit: number }[]>();
  groups.forEach((literals, group) => {
    for (const literal of literals) {
      const folded = literal.toLowerCase();
      for (let end = 1; end < shortest; end += 1) {
        const pair = pairAt(folded, end);
        shift[pair] = Math.min(shift[pair] ?? 0, shortest - 1 - end);
      }
      const pair = pairAt(folded, shortest - 1);
      const candidates = byPair.get(pair) ?? [];
      candidates.push({ literal: folded, bit: 1 << group });
      byPair.set(pair, candidates);
    }
  });
  return {
    groupsIn(text) {
      let found = 0;
      let at = shortest - 1;
      while (at < text.length) {
        const pair = pairAt(text, at);
        const skip = shift[pair] ?? 0;
        if (skip > 0) {
          at += skip;
          continue;
        }
        for (const { literal, bit } of byPair.get(pair) ?? [])
          if ((found & bit) === 0 && standsAt(text, at - shortest + 1, literal)) found |= bit;
        at += 1;
      }
      return found;
    },
  };
}

function pairAt(text: string, end: number): number {
  return (fold(text.charCodeAt(end - 1)) << 8) | fold(text.charCodeAt(end));
}

function fold(code: number): number {
  return (code >= 65 && code <= 90 ? code + 32 : code) & 0xff;
}

function standsAt(text: string, start: number, literal: string): boolean {
  for (let offset = 0; offset < literal.length; offset += 1)
    if (fold(text.charCodeAt(start + offset)) !== (literal.charCodeAt(offset) & 0xff)) return false;
  return true;
}
