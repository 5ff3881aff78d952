import { describe, expect, it } from "vitest";
import {
  type Cell,
  cellAt,
  cellCount,
  expected,
  isPossible,
  outcomeOf,
  type Result,
} from "../../bench/approver-matrix.js";

/** Prime to every dimension, so that the slice walks through all of their values. */
const stride = 127;

describe("who may decide what, when, and with whom", () => {
  it("is right in every cell of a slice of the matrix (all of it: npm run bench -- approvals)", async () => {
    const seen: Record<Result, number> = { approved: 0, counted: 0, denied: 0, refused: 0 };
    const wrong: { readonly cell: Cell; readonly expected: Result; readonly got: unknown }[] = [];
    for (let index = 0; index < cellCount; index += stride) {
      const cell = cellAt(index);
      if (!isPossible(cell)) continue;
      const wanted = expected(cell);
      const { result, broken } = await outcomeOf(cell);
      seen[result] += 1;
      if (result !== wanted || broken !== null) wrong.push({ cell, expected: wanted, got: { result, broken } });
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });
});
