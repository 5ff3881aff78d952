import { expect, it } from "vitest";
import { checkMcp } from "../../../src/flows/check-mcp.js";

it("says that nobody comes in, or who does, as whom, and what for", () => {
  expect(checkMcp([])).toEqual([expect.objectContaining({ level: "note", words: expect.stringContaining("Off") })]);
  const tokens = [
    { name: "ana-laptop", person: "slack:U02ANA", mayPropose: true },
    { name: "board", person: "slack:U03CAT", mayPropose: false },
  ];
  expect(checkMcp(tokens).map(({ words }) => words)).toEqual([
    "ana-laptop reads as slack:U02ANA and may propose reruns.",
    "board reads as slack:U03CAT.",
  ]);
});
