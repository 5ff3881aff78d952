import { blockLength, findInText, findLiterals } from "./byte-kernel.js";
import { codesOf, type LiteralTables, lowerCase, mostCompared, tablesOf } from "./literal-tables.js";

/** Finds which of many literals occur in a text, in one pass (ASCII case folded). */
export interface LiteralScanner {
  /** Bit mask of the groups (0 to 30) with at least one literal in the text; 0 almost always. */
  groupsIn(text: string): number;
  /**
   * Takes the literals in bytes of one-byte characters, line by line but in a line in no order: where one starts, its
   * group's bit and how many line ends stand before it (where none stands in it). Tells how many line ends there are.
   */
  visit(bytes: Uint8Array, take: TakeLiteral): number;
}

type TakeLiteral = (start: number, group: number, lineEnds: number) => void;

/** @param groups literals of at least 3 characters; the index of a list is its group's bit. */
export function createLiteralScanner(groups: readonly (readonly string[])[]): LiteralScanner {
  const codes = groups.flatMap((literals) => literals.map(codesOf));
  const long = codes.map((one) => one.length > mostCompared);
  const bits = groups.flatMap((literals, group) => literals.map(() => 1 << group));
  let made: LiteralTables | null = null;
  const tables = (): LiteralTables => {
    made ??= tablesOf(codes);
    return made;
  };

  function visit(bytes: Uint8Array, take: TakeLiteral): number {
    let lineEnds = 0;
    for (let from = 0; from < bytes.length; ) {
      const found = findLiterals(tables(), bytes, from);
      for (let index = 0; index < found.places.length; index += 3) {
        const start = found.places[index] ?? 0;
        const literal = (found.places[index + 1] ?? 0) - 1;
        if (long[literal] === true && !endsAsWell(bytes, start, codes[literal])) continue;
        take(start, bits[literal] ?? 0, lineEnds + (found.places[index + 2] ?? 0));
      }
      lineEnds += found.lineEnds;
      from = found.end;
    }
    return lineEnds;
  }

  return {
    visit,
    groupsIn(text) {
      let all = 0;
      if (text.length > blockLength) {
        visit(Buffer.from(text, "latin1"), (_, bit) => {
          all |= bit;
        });
        return all;
      }
      findInText(tables(), text, (start, number) => {
        const bit = bits[number - 1] ?? 0;
        if ((all & bit) !== 0) return;
        if (long[number - 1] === true && !endsAsWell(codesOf(text), start, codes[number - 1])) return;
        all |= bit;
      });
      return all;
    },
  };
}

/** The kernel compares a long literal's beginning only. */
function endsAsWell(bytes: Uint8Array, start: number, codes: Uint8Array | undefined): boolean {
  if (codes === undefined || start + codes.length > bytes.length) return false;
  const rest = bytes.subarray(start + mostCompared, start + codes.length);
  return rest.every((byte, at) => lowerCase(byte) === codes[mostCompared + at]);
}
