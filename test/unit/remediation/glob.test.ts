import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../../src/core/remediation/glob.js";

describe("a pattern", () => {
  it.each([
    ["vintage", "vintage"],
    ["*", ""],
    ["*", "vintage"],
    ["vin*", "vin"],
    ["vin*", "vintage"],
    ["*age", "vintage"],
    ["v*t*e", "vintage"],
    ["v**e", "vintage"],
    ["ab*ba", "abba"],
    ["*red*red*", "red and red"],
    ["a.c", "a.c"],
  ])("%s is of %s", (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(true);
  });

  it.each([
    ["vintage", "vintages"],
    ["vin*", "old_vintage"],
    ["*age", "vintages"],
    ["v*t*e", "vine"],
    // A character stands for one end of the pattern only.
    ["ab*ba", "aba"],
    ["a*b*b", "ab"],
    ["*red*red*", "edred"],
    ["a*xb*b", "axb"],
    ["a.c", "abc"],
    ["?", "a"],
  ])("%s is not of %s", (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(false);
  });
});
