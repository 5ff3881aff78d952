import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { countLineEnds } from "../../../src/telemetry/byte-kernel.js";
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
    return start;
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
          const groups = [["error", "timed out"], ...own];
          const expected = slowly(groups, made);
          expect(visited(groups, Buffer.from(made, "latin1"))).toEqual(expected);
          const bits = expected.reduce((all, { group }) => all | (1 << group), 0);
          expect(createLiteralScanner(groups).groupsIn(made)).toBe(bits);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("finds one wherever it stands, also across the blocks that are looked at in turns", () => {
    const filler = "shop.orders: 37 rows from part-1.parquet\n".repeat(4_000);
    for (const at of [0, 1, 65_520, 65_530, 65_533, 65_536, 131_070, filler.length]) {
      const made = `${filler.slice(0, at)}Traceback (most recent${filler.slice(at)}`;
      expect(visited([["traceback (most recent"]], Buffer.from(made, "latin1"))).toEqual([{ start: at, group: 0 }]);
      expect(createLiteralScanner([["none"], ["traceback (most recent"]]).groupsIn(made)).toBe(2);
    }
  });

  it("goes on where the visitor says", () => {
    const starts: number[] = [];
    createLiteralScanner([["lost"]]).visit(Buffer.from("lost lost lost lost"), (start) => {
      starts.push(start);
      return start + 6;
    });
    expect(starts).toEqual([0, 10]);
  });

  it("keeps apart what two scanners look for in turns, one within the other", () => {
    const inner = createLiteralScanner([["refused"]]);
    const seen: number[] = [];
    createLiteralScanner([["error"]]).visit(Buffer.from("error, refused, error"), (start) => {
      seen.push(start, inner.groupsIn("it was REFUSED"));
      return start;
    });
    expect(seen).toEqual([0, 1, 16, 1]);
  });
});

describe("the counting of line ends", () => {
  it("counts those of a part, however long", () => {
    const made = Buffer.from(`${"a line\n".repeat(30_000)}\n\n!\u000b`);
    expect([countLineEnds(made, 0, made.length), countLineEnds(made, 3, 15), countLineEnds(made, 7, 7)]).toEqual([
      30_002, 2, 0,
    ]);
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
