import { describe, expect, it } from "vitest";
import type { AutoAllow, FreezeWindow } from "../../../src/core/remediation/rule.js";
import { strictestOf } from "../../../src/core/remediation/strictest.js";
import type { Said, Weighed } from "../../../src/core/remediation/weigh.js";

const by = <T>(value: T, ...names: string[]): Said<T> => ({ value, by: names });
const auto: AutoAllow = { steps: ["airflow_clear"], maxReruns: 1, perHours: 1, approvedBy: "slack:A", until: "2027" };
const night: FreezeWindow = { days: [], from: "22:00", to: "06:00", timezone: "UTC", until: null, reason: null };

const oven: Weighed = {
  refusal: by(null),
  approvers: by(["slack:A", "slack:B"], "oven"),
  quorum: by(2, "oven"),
  fourEyes: by(false),
  maxReruns: by(1, "oven"),
  perHours: by(6),
  coolDownMinutes: by(10, "oven"),
  expiresMinutes: by(30, "oven"),
  freeze: by([night], "oven"),
  idempotent: by(true, "oven"),
  standing: by(
    [
      { ...auto, rule: "oven" },
      { ...auto, rule: "all" },
    ],
    "oven",
    "all",
  ),
};
const mill: Weighed = {
  refusal: by("Not the mill.", "mill"),
  approvers: by(["slack:B", "slack:C"], "mill"),
  quorum: by(2, "mill"),
  fourEyes: by(true, "mill"),
  maxReruns: by(3, "mill"),
  perHours: by(24, "mill"),
  coolDownMinutes: by(0),
  expiresMinutes: by(60),
  freeze: by([night], "mill"),
  idempotent: by(null),
  standing: by([{ ...auto, rule: "all" }], "all"),
};

describe("what holds for two things at once", () => {
  it("is of each guard the stricter, with the rules that said it, in whichever order they come", () => {
    expect(strictestOf([oven, mill])).toEqual({
      refusal: by("Not the mill.", "mill"),
      approvers: by(["slack:B"], "oven", "mill"),
      quorum: by(2, "oven", "mill"),
      fourEyes: by(true, "mill"),
      maxReruns: by(1, "oven"),
      perHours: by(24, "mill"),
      coolDownMinutes: by(10, "oven"),
      expiresMinutes: by(30, "oven"),
      freeze: by([night], "oven", "mill"),
      idempotent: by(null),
      standing: by([{ ...auto, rule: "all" }], "oven", "all"),
    });
    expect(strictestOf([mill, oven])).toMatchObject({
      refusal: by("Not the mill.", "mill"),
      quorum: by(2, "mill", "oven"),
      fourEyes: by(true, "mill"),
      maxReruns: by(1, "oven"),
      perHours: by(24, "mill"),
      idempotent: by(null),
      standing: by([{ ...auto, rule: "all" }], "all", "oven"),
    });
    expect(strictestOf([mill, mill]).fourEyes).toEqual(by(true, "mill"));
    expect(strictestOf([oven])).toBe(oven);
  });

  it("is safe to repeat only where both are, and not where one is not", () => {
    const safe = (one: boolean | null, other: boolean | null) =>
      strictestOf([
        { ...oven, idempotent: by(one, "one") },
        { ...oven, idempotent: by(other, "other") },
      ]).idempotent;
    expect(safe(true, true)).toEqual(by(true, "one", "other"));
    expect(safe(true, null)).toEqual(by(null, "other"));
    expect(safe(null, true)).toEqual(by(null, "one"));
    expect(safe(false, null)).toEqual(by(false, "one"));
    expect(safe(null, false)).toEqual(by(false, "other"));
    expect(safe(false, true)).toEqual(by(false, "one"));
    expect(safe(true, false)).toEqual(by(false, "other"));
    expect(safe(null, null)).toEqual(by(null, "one", "other"));
  });
});
