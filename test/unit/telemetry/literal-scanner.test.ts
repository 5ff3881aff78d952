import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { createLiteralScanner } from "../../../src/telemetry/literal-scanner.js";

const kernel = new URL("../../../src/telemetry/byte-kernel", import.meta.url);

interface Found {
  readonly start: number;
  readonly group: number;
}

function visited(groups: readonly (readonly string[])[], bytes: Uint8Array): Found[] {
  const found: Found[] = [];
  createLiteralScanner(groups).visit(bytes, (start, bit) => {
    found.push({ start, group: Math.log2(bit) });
  });
  return found.sort((a, b) => a.start - b.start || a.group - b.group);
}

/** One literal after the other, each at every place. */
function slowly(groups: readonly (readonly string[])[], text: string): Found[] {
  const folded = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found: Found[] = [];
  groups.forEach((literals, group) => {
    for (const literal of literals)
      for (let start = folded.indexOf(literal); start >= 0; start = folded.indexOf(literal, start + 1))
        found.push({ start, group });
  });
  return found.sort((a, b) => a.start - b.start || a.group - b.group);
}

const piece = fc.constantFrom(
  "err",
  "ERROR",
  "or",
  "rOr",
  "time",
  "d out",
  "é",
  "ÉRRO",
  "[",
  "{",
  "@",
  "`",
  "\n",
  " ",
  "x",
);
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
const literal = fc
  .array(fc.constantFrom("e", "r", "o", "t", "i", "m", " ", "é", "[", "@", "_"), { minLength: 4, maxLength: 7 })
  .map((letters) => letters.join(""));

describe("the scanner for literals", () => {
  it("finds what looking for each literal alone finds, in bytes and in text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(literal, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
        text,
        (own, made) => {
          const groups = [["error", "timed out", "err"], ...own];
          const expected = slowly(groups, made);
          expect(visited(groups, Buffer.from(made, "latin1"))).toEqual(expected);
          const bits = expected.reduce((all, { group }) => all | (1 << group), 0);
          expect(createLiteralScanner(groups).groupsIn(made)).toBe(bits);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("finds literals of any bytes and lengths in any bytes, and counts the line ends before each and in all", () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 400 });
    const cut = fc.record({ at: fc.nat({ max: 400 }), length: fc.integer({ min: 3, max: 60 }) });
    fc.assert(
      fc.property(bytes, fc.array(cut, { minLength: 1, maxLength: 12 }), fc.nat({ max: 3 }), (made, cuts, more) => {
        const latin1 = Buffer.from(made).toString("latin1").replaceAll("\x80", "\n");
        const repeated = `${latin1}${latin1.toUpperCase().slice(0, 30)}\n`.repeat(1 + more * 60);
        const literals = cuts
          .map(({ at, length }) => latin1.slice(at, at + length).replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
          .filter((one) => one.length > 2 && !one.includes("\n"));
        const groups = [[...new Set(literals)]];
        const text = Buffer.from(repeated, "latin1");
        const counted: number[] = [];
        const lines = createLiteralScanner(groups).visit(text, (start, _, lineEnds) => {
          if (repeated.slice(0, start).split("\n").length - 1 !== lineEnds) counted.push(start);
        });
        expect(counted).toEqual([]);
        expect(lines).toBe(repeated.split("\n").length - 1);
        expect(visited(groups, text)).toEqual(slowly(groups, text.toString("latin1")));
      }),
      { numRuns: 300 },
    );
  });

  it("finds one wherever it stands, also across the blocks that are looked at in turns", () => {
    const filler = "shop.orders: 37 rows from part-1.parquet\n".repeat(4_000);
    const long = `private key block of ${"x".repeat(40)}`;
    for (const at of [0, 1, 65_490, 65_510, 65_520, 65_530, 65_533, 65_536, 131_070, filler.length])
      for (const literal of ["traceback (most recent", "lost", long]) {
        const made = `${filler.slice(0, at)}${literal.toUpperCase()}${filler.slice(at)}`;
        expect(visited([[literal]], Buffer.from(made, "latin1"))).toEqual([{ start: at, group: 0 }]);
        expect(createLiteralScanner([["none"], [literal]]).groupsIn(made)).toBe(2);
      }
  });

  it("tells a long literal from one that ends otherwise", () => {
    const long = `sommer-${"regen-".repeat(12)}19`;
    const scanner = createLiteralScanner([[long]]);
    expect([scanner.groupsIn(`is ${long}`), scanner.groupsIn(`is ${long.slice(0, -1)}8`)]).toEqual([1, 0]);
    expect(visited([[long]], Buffer.from(`${long.slice(0, -1)} ${long}`))).toEqual([{ start: 81, group: 0 }]);
  });

  it("finds each of more than one call can hold", () => {
    const made = Buffer.from("error\n".repeat(30_000));
    const groups = [["error"], ["erro", "rror"]];
    const starts = visited(groups, made).map(({ start }) => start);
    expect(starts.length).toBe(90_000);
    expect(starts.at(-1)).toBe(6 * 29_999 + 1);
    expect(createLiteralScanner(groups).groupsIn("error ".repeat(10_000))).toBe(3);
  });

  it("keeps apart what two scanners look for in turns, one within the other", () => {
    const inner = createLiteralScanner([["refused"]]);
    const seen: number[] = [];
    createLiteralScanner([["error"]]).visit(Buffer.from("error, refused, error"), (start) => {
      seen.push(start, inner.groupsIn("it was REFUSED"));
    });
    expect(seen).toEqual([0, 1, 16, 1]);
  });
});

describe("the assembled kernel", () => {
  it("is what its source says", async () => {
    const source = readFileSync(`${kernel.pathname}.wat`, "utf8");
    const parsed = (await wabt()).parseWat("byte-kernel.wat", source, { simd: true });
    const assembled = Buffer.from(parsed.toBinary({}).buffer).toString("base64");
    expect(readFileSync(`${kernel.pathname}.ts`, "utf8")).toContain(`"${assembled}"`);
  });
});
