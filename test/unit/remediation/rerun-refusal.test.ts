import { describe, expect, it } from "vitest";
import { rerunRefusal } from "../../../src/core/remediation/rerun-refusal.js";
import type { Verdict } from "../../../src/core/verdict.js";
import { ana, passing } from "./vineyard.js";

const byAlert = { requester: { kind: "alert" }, afterFix: false } as const;
const byPerson = { requester: ana, afterFix: false } as const;
const afterFix = { requester: ana, afterFix: true } as const;

function why(verdict: Partial<Verdict>, asked: Parameters<typeof rerunRefusal>[1] = byAlert): string | null {
  const refusal = rerunRefusal({ ...passing, nextStep: "Ask the cellar.", ...verdict }, asked);
  if (refusal !== null) expect(refusal.fix).toBe("Ask the cellar.");
  return refusal?.because ?? null;
}

describe("no rerun is proposed", () => {
  it.each([
    ["schema_drift", "A rerun can't help: the data has another shape than the code expects."],
    ["data_quality", "A rerun can't help: the data itself is wrong."],
    ["transformation_error", "A rerun can't help: the code fails on this data every time."],
    ["dependency_failure", "A rerun can't help: something the task needs is missing or broken."],
    ["permission", "A rerun can't help: access is refused."],
    ["configuration", "A rerun can't help: a setting is wrong or missing."],
    ["missing_upstream_data", "The input is not there yet; a rerun now would fail again."],
    ["unknown", "The cause isn't known yet, so a rerun would be a guess."],
    [null, "The cause isn't known yet, so a rerun would be a guess."],
  ] as const)("for %s, to nobody, until a person says that it is fixed", (category, sentence) => {
    expect(why({ category })).toBe(sentence);
    expect(why({ category }, byPerson)).toBe(sentence);
    expect(why({ category }, { ...byAlert, afterFix: true })).toBe(sentence);
    expect(why({ category }, afterFix)).toBeNull();
  });

  it("where the diagnosis abstained, whatever it leans to", () => {
    expect(why({ outcome: "abstained" })).toBe("The cause isn't known yet, so a rerun would be a guess.");
  });

  it("for a run that is fine, not even after a fix", () => {
    for (const asked of [byAlert, byPerson, afterFix]) {
      expect(why({ outcome: "no_failure", category: null }, asked)).toBe("The run is fine; there is nothing to rerun.");
    }
  });

  it("where the known failure says that a rerun alone fails again", () => {
    expect(why({ rerunHelps: "no" })).toBe("A rerun alone would fail again.");
    expect(why({ rerunHelps: "no" }, byPerson)).toBe("A rerun alone would fail again.");
    expect(why({ rerunHelps: "no" }, afterFix)).toBeNull();
  });

  it("by itself where it is unsure or somebody stopped it; a person may ask", () => {
    expect(why({ rerunHelps: "unsure" })).toBe("It isn't certain that a rerun helps.");
    expect(why({ rerunHelps: "unsure" }, byPerson)).toBeNull();
    const stopped = "Somebody or a rule stopped this run; whether it should run again is theirs to say.";
    expect(why({ category: "cancelled" })).toBe(stopped);
    expect(why({ category: "cancelled", rerunHelps: "unsure" })).toBe(stopped);
    expect(why({ category: "cancelled" }, byPerson)).toBeNull();
  });

  it("but it is for what passes by itself", () => {
    expect(why({})).toBeNull();
    expect(why({}, byPerson)).toBeNull();
  });
});
