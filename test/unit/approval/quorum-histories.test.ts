import fc from "fast-check";
import { describe, it } from "vitest";
import { anyHistory } from "../../bench/quorum-histories.js";

describe("any history of a proposal", () => {
  it("goes as the sheet of paper says: distinct humans, deny wins, askers never count, to the millisecond", () => {
    fc.assert(anyHistory, { numRuns: 1_500 });
  });
});
