import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesGlob } from "../../../src/core/remediation/glob.js";
import { guardsFor } from "../../../src/core/remediation/policy.js";
import type { PolicyTarget } from "../../../src/core/remediation/policy-target.js";
import type { Policy, Rule } from "../../../src/core/remediation/rule.js";
import { plainRule } from "../../fixtures/plain-rule.js";

function policy(...rules: Rule[]): Policy {
  return { version: "v1", approvers: ["slack:BEN", "slack:CLEO"], rules };
}

function target(more: Partial<PolicyTarget> = {}): PolicyTarget {
  return {
    connections: ["airflow:prod"],
    dagId: "invoices_daily",
    task: "load",
    tags: [],
    category: "network_transient",
    environment: "real",
    ...more,
  };
}

const invoices = [target()] as const;

describe("the policy", () => {
  it("asks one of the named approvers where no rule speaks: two reruns in six hours, an hour to decide", () => {
    expect(guardsFor(policy(), invoices)).toEqual({
      refusal: null,
      approvers: ["slack:BEN", "slack:CLEO"],
      quorum: 1,
      fourEyes: false,
      maxReruns: 2,
      perHours: 6,
      coolDownMinutes: 0,
      expiresMinutes: 60,
      freeze: [],
      idempotent: null,
      standing: [],
      breakGlass: null,
    });
  });

  it("takes the strictest of all rules that match", () => {
    const guards = guardsFor(
      policy(
        plainRule({
          dag: "invoices_*",
          approvers: ["slack:BEN", "slack:ANA"],
          maxReruns: 5,
          perHours: 2,
          idempotent: true,
        }),
        plainRule({
          connection: "airflow:*",
          approvers: ["slack:ANA", "slack:EVE"],
          maxReruns: 3,
          perHours: 12,
          coolDownMinutes: 10,
        }),
        plainRule({ coolDownMinutes: 30, expiresMinutes: 15, fourEyes: true }),
        plainRule({ fourEyes: false, expiresMinutes: 90, coolDownMinutes: 1 }),
        plainRule({ dag: "payroll", allowed: false, maxReruns: 0 }),
      ),
      invoices,
    );
    expect(guards).toMatchObject({
      refusal: null,
      approvers: ["slack:ANA"],
      maxReruns: 3,
      perHours: 12,
      coolDownMinutes: 30,
      expiresMinutes: 15,
      fourEyes: true,
      idempotent: true,
    });
  });

  it("forbids when one rule forbids, and nobody may approve when two rules name nobody in common", () => {
    expect(
      guardsFor(policy(plainRule({ allowed: true }), plainRule({ dag: "inv*", allowed: false })), invoices),
    ).toMatchObject({ refusal: "The policy does not allow reruns of invoices_daily on airflow:prod." });
    const split = policy(plainRule({ approvers: ["slack:BEN"] }), plainRule({ approvers: ["slack:CLEO"] }));
    expect(guardsFor(split, invoices).approvers).toEqual([]);
  });

  it("refuses everything while any rule can't be read", () => {
    for (const broken of [
      plainRule({ maxReruns: Number.NaN }),
      plainRule({ perHours: -1 }),
      plainRule({ expiresMinutes: 0 }),
      plainRule({ dag: "" }),
      plainRule({ allowed: "yes" as unknown as boolean }),
      plainRule({ approvers: "slack:BEN" as unknown as string[] }),
    ]) {
      expect(guardsFor(policy(broken), invoices).refusal).not.toBeNull();
      expect(guardsFor(policy(plainRule({ ...broken, connection: "airflow:other" })), invoices).refusal).not.toBeNull();
    }
  });

  it("applies a rule for all DAGs to a job that has none, and a rule for one DAG not", () => {
    const job = [target({ connections: ["databricks:eu"], dagId: null })] as const;
    expect(guardsFor(policy(plainRule({ dag: "*", maxReruns: 1 })), job).maxReruns).toBe(1);
    expect(guardsFor(policy(plainRule({ dag: "invoices", maxReruns: 1 })), job).maxReruns).toBe(2);
  });

  it("never gets looser by one more rule", () => {
    const count = fc.option(fc.integer({ min: 1, max: 100 }), { nil: null });
    const flag = fc.option(fc.boolean(), { nil: null });
    const anyRule = fc.record({
      connection: fc.constantFrom(null, "airflow:*", "airflow:prod", "databricks:*"),
      dag: fc.constantFrom(null, "*", "inv*", "other"),
      approvers: fc.option(fc.subarray(["slack:A", "slack:B", "slack:C"]), { nil: null }),
      fourEyes: flag,
      maxReruns: count,
      perHours: count,
      coolDownMinutes: count,
      expiresMinutes: count,
      idempotent: flag,
      allowed: flag,
    });
    const spoken = plainRule({
      approvers: ["slack:A", "slack:B", "slack:C"],
      maxReruns: 50,
      perHours: 1,
      expiresMinutes: 99,
    });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 5 }), anyRule, (rules, added) => {
        const before = guardsFor(policy(spoken, ...rules), invoices);
        const after = guardsFor(policy(spoken, ...rules, added), invoices);
        expect(before.refusal === null || after.refusal !== null).toBe(true);
        expect(before.approvers).toEqual(expect.arrayContaining([...after.approvers]));
        expect(after.maxReruns).toBeLessThanOrEqual(before.maxReruns);
        expect(after.perHours).toBeGreaterThanOrEqual(before.perHours);
        expect(after.coolDownMinutes).toBeGreaterThanOrEqual(before.coolDownMinutes);
        expect(after.expiresMinutes).toBeLessThanOrEqual(before.expiresMinutes);
        expect(after.fourEyes || !before.fourEyes).toBe(true);
      }),
    );
  });
});

describe("a pattern", () => {
  it("means the same as its regular expression", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        const expected = new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(name);
        expect(matchesGlob(glob, name)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes dots and brackets for themselves", () => {
    expect(matchesGlob("etl.v1", "etlxv1")).toBe(false);
    expect(matchesGlob("etl[1]*", "etl[1]_a")).toBe(true);
  });
});
