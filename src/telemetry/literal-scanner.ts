import { blockLength, findWindows, findWindowsInText, tableLength } from "./byte-kernel.js";

/** Finds which of many literals occur in a text, in one pass (ASCII case folded). */
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

/** A literal is known by its first bytes. */
const window = 4;
const buckets = 8;
const bitmapAt = 128;
const folded = Uint8Array.from({ length: 256 }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));
const none: readonly Entry[] = [];

/** @param groups literals of at least 4 characters; the index of a list is its group's bit. */
export function createLiteralScanner(groups: readonly (readonly string[])[]): LiteralScanner {
  const byHash = new Map<number, Entry[]>();
  groups.forEach((literals, group) => {
    for (const literal of literals) {
      const codes = Uint8Array.from(literal, (_, at) => folded[literal.charCodeAt(at) & 0xff] as number);
      const hash = hashAt(codes, 0);
      byHash.set(hash, [...(byHash.get(hash) ?? []), { codes, bit: 1 << group }]);
    }
  });
  const tables = tablesOf([...byHash.values()].flat().map(({ codes }) => codes));

  function visit(bytes: Uint8Array, take: (start: number, group: number) => number): void {
    const starts = bytes.length - window + 1;
    let next = 0;
    for (let from = 0; from < starts; from += blockLength) {
      for (const offset of findWindows(tables, bytes, from, Math.min(blockLength, starts - from))) {
        const at = from + offset;
        if (at < next) continue;
        for (const { codes, bit } of byHash.get(hashAt(bytes, at)) ?? none)
          if (standsAt(bytes, at, codes)) next = Math.max(next, take(at, bit));
      }
    }
  }

  return {
    visit,
    groupsIn(text) {
      let found = 0;
      if (text.length > blockLength) {
        visit(Buffer.from(text, "latin1"), (start, bit) => {
          found |= bit;
          return start;
        });
        return found;
      }
      for (const at of findWindowsInText(tables, text, text.length - window + 1))
        for (const { codes, bit } of byHash.get(hashOf(text, at)) ?? none)
          if ((found & bit) === 0 && standsInText(text, at, codes)) found |= bit;
      return found;
    },
  };
}

/**
 * The kernel's tables: each window goes into the bucket that lets through the least more by it; a position of a bucket
 * allows the half bytes of its windows, of letters in both cases. Behind them the hashes.
 */
function tablesOf(literals: readonly Uint8Array[]): Uint8Array {
  const tables = new Uint8Array(tableLength);
  const allowed = Array.from({ length: buckets }, () => new Uint16Array(2 * window));
  for (const codes of [...literals].sort(Buffer.compare)) {
    const halves = halfBytesOf(codes);
    const costs = allowed.map((bucket) => lets(bucket, halves) - lets(bucket, bucket));
    const best = allowed[costs.indexOf(Math.min(...costs))] as Uint16Array;
    for (let index = 0; index < best.length; index += 1) best[index] = (best[index] ?? 0) | (halves[index] ?? 0);
    const hash = hashAt(codes, 0);
    tables[bitmapAt + (hash >> 3)] = (tables[bitmapAt + (hash >> 3)] ?? 0) | (1 << (hash & 7));
  }
  allowed.forEach((bucket, number) => {
    bucket.forEach((halves, index) => {
      for (let half = 0; half < 16; half += 1)
        if ((halves & (1 << half)) !== 0) tables[index * 16 + half] = (tables[index * 16 + half] ?? 0) | (1 << number);
    });
  });
  return tables;
}

/** For each byte of the window the low halves it may have as bits, then the high ones. */
function halfBytesOf(codes: Uint8Array): Uint16Array {
  const halves = new Uint16Array(2 * window);
  for (let index = 0; index < window; index += 1) {
    const code = codes[index] ?? 0;
    const capital = code >= 97 && code <= 122 ? code - 32 : code;
    halves[2 * index] = 1 << (code & 15);
    halves[2 * index + 1] = (1 << (code >> 4)) | (1 << (capital >> 4));
  }
  return halves;
}

/** How many windows, in 16^8, pass a bucket that allows both. */
function lets(one: Uint16Array, other: Uint16Array): number {
  let product = 1;
  for (let index = 0; index < one.length; index += 1) product *= bitsIn((one[index] ?? 0) | (other[index] ?? 0));
  return product;
}

function bitsIn(value: number): number {
  let count = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** As the kernel has it: 16 bits of the window as a little-endian number, with bit 5 of each byte set for either case. */
function hashOfBytes(first: number, second: number, third: number, fourth: number): number {
  return Math.imul(first | (second << 8) | (third << 16) | (fourth << 24) | 0x20202020, 0x9e3779b1) >>> 16;
}

function hashAt(bytes: Uint8Array, at: number): number {
  return hashOfBytes(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
}

function hashOf(text: string, at: number): number {
  const code = (offset: number): number => text.charCodeAt(at + offset) & 0xff;
  return hashOfBytes(code(0), code(1), code(2), code(3));
}

function standsInText(text: string, start: number, codes: Uint8Array): boolean {
  if (start + codes.length > text.length) return false;
  for (let offset = 0; offset < codes.length; offset += 1)
    if (folded[text.charCodeAt(start + offset) & 0xff] !== codes[offset]) return false;
  return true;
}

function standsAt(bytes: Uint8Array, start: number, codes: Uint8Array): boolean {
  if (start + codes.length > bytes.length) return false;
  for (let offset = 0; offset < codes.length; offset += 1)
    if (folded[bytes[start + offset] as number] !== codes[offset]) return false;
  return true;
}
