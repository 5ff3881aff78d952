import { describe, expect, it } from "vitest";
import { approvedRow, dice, isAccepted, withKeysReordered, withOneChange } from "../../bench/plan-binding.js";
import { proposalRow } from "./proposal-row.js";

describe("an approved plan", () => {
  it("is not run once anything of it was changed, and is the same plan with its keys in another order", () => {
    const roll = dice(7);
    for (let index = 0; index < 1_000; index += 1) {
      const row = approvedRow(roll);
      const touched = withOneChange(row, roll);
      expect(isAccepted(touched), JSON.stringify({ row, touched })).toBe(false);
      expect(isAccepted(withKeysReordered(row, roll))).toBe(true);
    }
  });

  it("is bound to the expiry that was shown; a row of an older version, which had none in its plan, still counts", () => {
    const row = approvedRow(dice(1));
    expect(isAccepted({ ...row, expiresAt: "2031-01-01T00:00:00.000Z" })).toBe(false);
    const { decision } = row;
    const old = proposalRow({ state: "approved", decision });
    expect(old.plan.terms).toBeUndefined();
    expect(isAccepted(old)).toBe(true);
    expect(isAccepted({ ...old, state: "pending" })).toBe(false);
    expect(isAccepted({ ...old, decision: null })).toBe(false);
  });
});
