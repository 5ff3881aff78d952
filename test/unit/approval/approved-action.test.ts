import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/approval/approval.js";
import { type ApprovedAction, requireApprovedAction } from "../../../src/core/approval/approved-action.js";
import { issueAction } from "../../../src/core/approval/issue-action.js";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import { canonicalDigest } from "../../../src/store/canonical-digest.js";
import { decisionFacts } from "./decision-facts.js";
import { member, proposalRow } from "./proposal-row.js";

function approved(): Proposal {
  const now = new Date("2026-03-01T08:01:00Z");
  const result = decide(proposalRow(), decisionFacts({ person: member("slack:BEN"), now }));
  if (!result.ok) throw new Error("not approved");
  return result.proposal;
}

describe("the proof of approval", () => {
  it("is issued for an approved row, again after a restart, and passes", () => {
    const restarted = JSON.parse(JSON.stringify(approved())) as Proposal;
    expect(() => requireApprovedAction(issueAction(restarted, canonicalDigest))).not.toThrow();
  });

  it("is not issued for anything but an approved row", () => {
    for (const state of ["pending", "denied", "expired", "superseded", "spent"] as const) {
      expect(() => issueAction({ ...approved(), state }, canonicalDigest), state).toThrow("not approved");
    }
    expect(() => issueAction({ ...approved(), decision: null }, canonicalDigest)).toThrow(
      expect.objectContaining({
        message: "This proposal is not approved; nothing was done.",
        fix: "Ask somebody who may approve to decide.",
      }),
    );
  });

  it("can't be had by a cast, a copy, a look-alike or the class of a real one", () => {
    const real = issueAction(approved(), canonicalDigest);
    const Stolen = real.constructor as new () => ApprovedAction;
    const fakes: unknown[] = [
      { ...real },
      JSON.parse(JSON.stringify(real)),
      Object.create(Object.getPrototypeOf(real) as object),
      Object.assign(Object.create(Object.getPrototypeOf(real) as object) as object, real),
      new Proxy(real, {}),
      structuredClone({ ...real }),
      null,
      "approved",
    ];
    for (const fake of fakes) expect(() => requireApprovedAction(fake)).toThrow("without an approval");
    expect(() => requireApprovedAction(undefined)).toThrow(
      expect.objectContaining({ fix: "Propose the action and have it approved." }),
    );
    expect(() => requireApprovedAction(new Stolen())).toThrow("without an approval");
    expect(Object.isFrozen(real)).toBe(true);
  });

  it("is refused for a plan with any one field changed after the approval", () => {
    const row = approved();
    const paths = leaves({ plan: row.plan, facts: row.facts });
    expect(paths.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.oneof(fc.string(), fc.integer(), fc.boolean()), (path, value) => {
        const copy = structuredClone({ plan: row.plan, facts: row.facts });
        fc.pre(JSON.stringify(read(copy, path)) !== JSON.stringify(value));
        write(copy, path, value);
        expect(() => issueAction({ ...row, ...copy }, canonicalDigest)).toThrow("not the one that was approved");
      }),
      { numRuns: 2_000 },
    );
  });
});

function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function read(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function write(value: unknown, path: readonly string[], put: unknown): void {
  const parent = read(value, path.slice(0, -1)) as Record<string, unknown>;
  parent[path.at(-1) ?? ""] = put;
}
