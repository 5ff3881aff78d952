import { expect, it } from "vitest";
import { alternativesOf, type Finding } from "../../../src/core/rca/rank.js";

const line = { type: "AnalysisException", origin: "ended" };
const earlier = { type: "KeyError", origin: "ended" };
const finding = (id: string, category: string, score: number, statement: object): Finding =>
  ({ signature: { id, category }, score, statement }) as unknown as Finding;

it("says each other cause once, and not the chosen one under another name", () => {
  const found = alternativesOf([
    finding("column-not-found", "schema_drift", 0.9, line),
    finding("family-schema", "schema_drift", 0.8, line),
    finding("family-code", "transformation_error", 0.7, line),
    finding("name-not-defined", "transformation_error", 0.6, line),
    finding("key-missing", "transformation_error", 0.5, earlier),
    finding("too-weak", "timeout", 0.2, earlier),
  ]);
  expect(found.map(({ signature }) => signature)).toEqual(["family-code", "key-missing"]);
  expect(found[0]?.why).toBe("the same statement proves column-not-found more surely");
});
