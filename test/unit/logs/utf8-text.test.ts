import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Utf8Text } from "../../../src/logs/decode/utf8-text.js";

function decoded(bytes: Uint8Array, cuts: readonly number[]): string {
  const text = new Utf8Text();
  const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const parts = edges.slice(1).map((end, index) => text.push(bytes.subarray(edges[index], end)));
  return parts.join("") + text.end();
}

describe("bytes that become text", () => {
  it("are what one decoder makes of the whole, valid or not and wherever they are cut", () => {
    const bytes = fc
      .array(
        fc.constantFrom(
          ...["plain ", "\n", "é", "€", "😀", "\ufeff", "\0"].map((text) => [...Buffer.from(text, "utf8")]),
          ...[[0xe2, 0x82], [0xff], [0x80], [0xf0, 0x9f], [0xc3], [0xef, 0xbb]],
        ),
        { maxLength: 12 },
      )
      .map((parts) => Uint8Array.from(parts.flat()));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), (made, cuts) => {
        expect(decoded(made, cuts)).toBe(new TextDecoder("utf-8").decode(made));
      }),
      { numRuns: 1_000 },
    );
  });
});
