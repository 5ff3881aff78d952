import { expect, it } from "vitest";
import { packedWords } from "../../src/core/rca/words/weights.js";
import { taughtBy } from "./taught-by.js";

it("the word model has learnt from the labelled failures as they stand (npm run evals:words)", () => {
  expect(packedWords.taughtBy).toBe(taughtBy());
  expect(packedWords.failures).toBeGreaterThan(9_000);
});
