/** What byte-kernel.wat reads: which literals there are and by which window each is found. */
export interface LiteralTables {
  readonly bytes: Uint8Array;
  readonly literals: number;
}

/** Which bytes are let through: of each byte of a window the low halves, then the kinds of bytes 1 and 2, as bits. */
type Allowed = Uint16Array;

interface Bucket {
  readonly allowed: Allowed;
  /** How much of a log it lets through. */
  cost: number;
}

const windowLength = 5;
const pairAt = windowLength;
const tables = windowLength + 1;
const buckets = 8;
const constantsAt = tables * 16;
const constants = [10, 15, 5];
const loweredAt = constantsAt + constants.length * 16;
const headsAt = loweredAt + 256;
const hashBits = 12;
const literalsAt = headsAt + 2 * 2 ** hashBits;
const literalLength = 36;
/** So many bytes of a literal are compared by the kernel. */
export const mostCompared = 32;
/** A window has so many bytes of its literal at least, where that has them. */
const leastOfLiteral = 4;
/** More to choose from would cost a start more than it brings. */
const mostOffsets = 12;
const all = 0xffff;

const lowered = Uint8Array.from({ length: 256 }, (_, code) => lowerCase(code));
/** Roughly what share of a log's bytes these are, capitals counted with the small letters. */
const shares: readonly (readonly [characters: string, share: number])[] = [
  ["etaoinsrhdl", 0.45],
  ["cumfpgwyb", 0.14],
  ["vkxjqz", 0.02],
  ["0123456789", 0.18],
  [" ", 0.1],
  [".,:-_/()[]{}'\"=@#$%&*+<>;!?|\\`~^\t\n", 0.11],
];
const sharesByKind = sharesOf();

export function lowerCase(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** A text in lower case, a byte a character. */
export function codesOf(literal: string): Uint8Array {
  return Uint8Array.from(literal, (_, at) => lowered[literal.charCodeAt(at) & 0xff] as number);
}

/**
 * Each literal gets the window, and the bucket, by which the least more of a log is let through: what looking for it
 * costs hangs on what is rare in it, not on how it begins.
 *
 * @param literals by `codesOf`, of 3 bytes or more; numbered from 1 on.
 */
export function tablesOf(literals: readonly Uint8Array[]): LiteralTables {
  const bytes = new Uint8Array(literalsAt + literals.length * literalLength);
  const view = new DataView(bytes.buffer);
  constants.forEach((constant, index) => {
    bytes.fill(constant, constantsAt + index * 16, constantsAt + (index + 1) * 16);
  });
  bytes.set(lowered, loweredAt);
  const chosen = Array.from({ length: buckets }, (): Bucket => ({ allowed: new Uint16Array(tables), cost: 0 }));
  const shortestFirst = literals.map((codes, index) => ({ codes, index }));
  shortestFirst.sort((one, other) => one.codes.length - other.codes.length);
  for (const { codes, index } of shortestFirst) {
    const offset = placeWindow(chosen, codes);
    const at = literalsAt + index * literalLength;
    const head = headsAt + 2 * hashAt(codes, offset);
    view.setUint16(at, view.getUint16(head, true), true);
    view.setUint16(head, index + 1, true);
    bytes[at + 2] = offset;
    bytes[at + 3] = Math.min(codes.length, mostCompared);
    bytes.set(codes.subarray(0, mostCompared), at + 4);
  }
  chosen.forEach(({ allowed }, bucket) => {
    allowed.forEach((set, table) => {
      for (let index = 0; index < 16; index += 1)
        if ((set & (1 << index)) !== 0) bytes[table * 16 + index] = (bytes[table * 16 + index] ?? 0) | (1 << bucket);
    });
  });
  return { bytes, literals: literals.length };
}

/** Lets the best window of a literal through the bucket that fits it best; where in the literal it starts. */
function placeWindow(chosen: readonly Bucket[], codes: Uint8Array): number {
  const last = Math.max(0, Math.min(codes.length, mostCompared) - leastOfLiteral);
  let least = Number.POSITIVE_INFINITY;
  let best = 0;
  let into = chosen[0];
  for (let offset = 0; offset <= Math.min(last, mostOffsets); offset += 1) {
    const window = windowAt(codes, offset);
    for (const bucket of chosen) {
      const added = costOf(bucket.allowed, window) - bucket.cost;
      if (added >= least) continue;
      least = added;
      best = offset;
      into = bucket;
    }
  }
  if (into === undefined) return best;
  into.cost += least;
  const window = windowAt(codes, best);
  for (let table = 0; table < tables; table += 1)
    into.allowed[table] = (into.allowed[table] ?? 0) | (window[table] ?? 0);
  return best;
}

/** Lets this window through, and any byte behind the literal's end. */
function windowAt(codes: Uint8Array, offset: number): Allowed {
  const window = new Uint16Array(tables);
  for (let index = 0; index < windowLength; index += 1) {
    const code = codes[offset + index];
    window[index] = code === undefined ? all : 1 << (code & 15);
  }
  const first = kindOf(codes[offset + 1] ?? 0);
  const second = kindOf(codes[offset + 2] ?? 0);
  window[pairAt] = 1 << pairOf(first, second);
  return window;
}

/** Of a log's windows the share that a bucket lets through once it lets this one through too. */
function costOf(bucket: Allowed, window: Allowed): number {
  const allowed = (table: number): number => (bucket[table] ?? 0) | (window[table] ?? 0);
  const pairs = allowed(pairAt);
  let middle = 0;
  for (let first = 0; first < 4; first += 1)
    for (let second = 0; second < 4; second += 1)
      if ((pairs & (1 << pairOf(first, second))) !== 0) middle += share(first, allowed(1)) * share(second, allowed(2));
  return shareOfAny(allowed(0)) * middle * shareOfAny(allowed(3)) * shareOfAny(allowed(4));
}

/** Bits 4 and 6: a letter is of one kind in either case, which bit 5 tells, a digit of another. */
function kindOf(code: number): number {
  return ((code >> 4) & 1) | ((code >> 5) & 2);
}

/** As the kernel lays them: bit 4 of the second byte lowest, of the first next, then bit 6 of both. */
function pairOf(first: number, second: number): number {
  return (second & 1) | ((first & 1) << 1) | ((second & 2) << 1) | ((first & 2) << 2);
}

function share(kind: number, halves: number): number {
  const of = sharesByKind[kind];
  return (of?.[halves & 0xff] ?? 0) + (of?.[256 + (halves >> 8)] ?? 0);
}

function shareOfAny(halves: number): number {
  return share(0, halves) + share(1, halves) + share(2, halves) + share(3, halves);
}

/** As the kernel has it: of a window's first 3 bytes as a little-endian number, with bit 5 set for either case. */
function hashAt(codes: Uint8Array, offset: number): number {
  const first = (codes[offset] ?? 0) | ((codes[offset + 1] ?? 0) << 8) | ((codes[offset + 2] ?? 0) << 16);
  return Math.imul(first | 0x202020, 0x9e3779b1) >>> (32 - hashBits);
}

/** By kind the share of each set of low halves 0 to 7, then of each of 8 to 15. */
function sharesOf(): readonly Float64Array[] {
  const byKind = [0, 1, 2, 3].map(() => new Float64Array(16));
  for (const [characters, together] of shares)
    for (const code of Buffer.from(characters, "latin1")) {
      const of = byKind[kindOf(code)];
      if (of !== undefined) of[code & 15] = (of[code & 15] ?? 0) + together / characters.length;
    }
  return byKind.map((single) =>
    Float64Array.from({ length: 512 }, (_, set) => {
      const first = set < 256 ? 0 : 8;
      let sum = 0;
      for (let half = 0; half < 8; half += 1) if ((set & (1 << half)) !== 0) sum += single[first + half] ?? 0;
      return sum;
    }),
  );
}
