import { describe, expect, it } from "vitest";
import { verdictOn } from "../unit/rca/reading-of.js";
import { textFailures } from "./text-failures.js";

/** Figures when each set was last looked at; a regression shows here. First-run figures stand in README.md. */
const floors = {
  first: { answered: 0.98, right: 0.98, confidentRight: 0.98 },
  second: { answered: 0.96, right: 0.96, confidentRight: 0.97 },
  third: { answered: 0.94, right: 0.97, confidentRight: 0.97 },
  fifth: { answered: 0.98, right: 0.98, confidentRight: 0.98 },
  seventh: { answered: 0.97, right: 0.98, confidentRight: 0.98 },
  sixth: { answered: 0.93, right: 0.97, confidentRight: 0.98 },
  fourth: { answered: 0.95, right: 0.93, confidentRight: 0.9 },
} as const;

describe.each(Object.entries(floors))("failures in a few lines, %s set", (name, floor) => {
  it("are answered, rightly, and surely only when right", async () => {
    const wrong: string[] = [];
    let answered = 0;
    let confident = 0;
    let confidentRight = 0;
    const failures = textFailures(`texts/${name}`);
    for (const failure of failures) {
      const verdict = await verdictOn(failure.log, failure.facts);
      if (verdict.outcome !== "diagnosed") continue;
      answered += 1;
      const right = verdict.category !== null && failure.accepted.includes(verdict.category);
      if (!right) wrong.push(`${failure.said.slice(0, 80)}: ${verdict.category} (${verdict.signature})`);
      if (verdict.confidence >= 0.8) {
        confident += 1;
        if (right) confidentRight += 1;
      }
    }
    expect(answered / failures.length).toBeGreaterThanOrEqual(floor.answered);
    expect(1 - wrong.length / answered, wrong.join("\n")).toBeGreaterThanOrEqual(floor.right);
    expect(confidentRight / confident, wrong.join("\n")).toBeGreaterThanOrEqual(floor.confidentRight);
  });
});
