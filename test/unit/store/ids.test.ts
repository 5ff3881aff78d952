import { describe, expect, it } from "vitest";
import { canonicalDigest } from "../../../src/store/canonical-digest.js";
import { createIds } from "../../../src/store/ids.js";
import { movedClock } from "../../fixtures/moved-clock.js";

describe("ids", () => {
  it("sort by their making, within a millisecond and when the clock is set back", () => {
    const clock = movedClock("2026-03-01T08:00:00Z");
    const ids = createIds((count) => new Uint8Array(count), clock);
    const made = [ids.next("outbox"), ids.next("outbox")];
    clock.move(-60_000);
    made.push(ids.next("outbox"));
    clock.move(120_000);
    made.push(ids.next("outbox"));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(4);
  });

  it("say their kind and nothing else that can be guessed", () => {
    const clock = movedClock("2026-03-01T08:00:00Z");
    let seed = 0;
    const ids = createIds((count) => Uint8Array.from({ length: count }, () => (seed += 37)), clock);
    expect(ids.next("proposal")).toMatch(/^pro_[0-9a-z]{30}$/);
    expect(ids.next("incident")).toMatch(/^inc_/);
  });
});

describe("the canonical digest", () => {
  it("is the same whatever the order of keys, and another for any other value", () => {
    expect(canonicalDigest.of({ b: [1, { d: 2, c: 3 }], a: "x" })).toBe(
      canonicalDigest.of({ a: "x", b: [1, { c: 3, d: 2 }] }),
    );
    expect(canonicalDigest.of({ a: 1 })).not.toBe(canonicalDigest.of({ a: 2 }));
    // RFC 8785 of {"a":1} is {"a":1}; its SHA-256 is known.
    expect(canonicalDigest.of({ a: 1 })).toBe("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
  });

  it("refuses what has no JSON form", () => {
    expect(() => canonicalDigest.of(undefined)).toThrow("no JSON form");
  });
});
