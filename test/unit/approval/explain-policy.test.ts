import { describe, expect, it } from "vitest";
import { zoneCalendar } from "../../../src/compose/zone-calendar.js";
import { explainPolicy } from "../../../src/core/approval/explain-policy.js";
import type { Policy, Rule } from "../../../src/core/remediation/rule.js";
import { plainRule } from "../../fixtures/plain-rule.js";

function explained(personId: string | null, ...rules: readonly Partial<Rule>[]) {
  const policy: Policy = {
    version: "v1",
    approvers: ["slack:BEN", "cli:ben", "mcp:ben"],
    rules: rules.map(plainRule),
    breakGlass: { people: ["slack:IDA"], announce: null, reviewHours: 24 },
  };
  const target = {
    connections: ["airflow:prod"],
    dagId: "bakery",
    task: null,
    tags: [],
    category: null,
    environment: "real",
  } as const;
  return explainPolicy(policy, target, {
    at: new Date("2026-03-01T08:00:00Z"),
    calendar: zoneCalendar,
    identityOf: (id) => (id === "console:ben" ? "slack:BEN" : id),
    personId,
  });
}

const person = (id: string, ...rules: readonly Partial<Rule>[]) => explained(id, ...rules).person;

describe("the policy explained", () => {
  it("names the rules that speak, and those that may", () => {
    const { rules, person: nobody } = explained(null, { name: "a" }, { dag: "x" }, { task: "bake" });
    expect(rules).toEqual([
      { name: "a", match: "yes" },
      { name: "rule 3", match: "maybe" },
    ]);
    expect(nobody).toBeNull();
  });

  it("says who may approve, with whom, and who may break the glass", () => {
    expect(person("slack:BEN")).toEqual({
      id: "slack:BEN",
      mayApprove: true,
      because: "Their approval is enough.",
      mayBreakGlass: false,
    });
    expect(person("console:ben", { quorum: 2 })).toMatchObject({
      mayApprove: true,
      because: "Their approval counts; 2 people must approve.",
    });
    expect(person("slack:IDA")).toEqual({
      id: "slack:IDA",
      mayApprove: false,
      because: "They are not among the approvers.",
      mayBreakGlass: true,
    });
  });

  it("says why not, by the same rules that decide", () => {
    expect(person("mcp:ben")).toMatchObject({
      mayApprove: false,
      because: "An MCP client may propose a rerun, but a person must decide it.",
    });
    expect(person("slack:BEN", { fourEyes: true })).toMatchObject({
      mayApprove: false,
      because: "The policy asks for somebody else as well: they can't do it alone.",
    });
    expect(person("cli:ben")?.mayApprove).toBe(true);
    expect(person("cli:ben", { quorum: 2 })?.mayApprove).toBe(false);
    expect(person("slack:BEN", { allowed: false })).toMatchObject({
      mayApprove: false,
      because: "The policy does not allow reruns of bakery on airflow:prod.",
    });
    expect(person("slack:IDA", { allowed: false })?.mayBreakGlass).toBe(false);
    const freeze = [{ days: ["sun"], from: "00:00", to: "24:00", timezone: "UTC", until: null, reason: "stocktaking" }];
    expect(explained("slack:BEN", { freeze })).toMatchObject({
      frozen: { until: "2026-03-02T00:00:00.000Z", reason: "stocktaking" },
      person: {
        mayApprove: false,
        because: "Reruns are frozen until 2026-03-02 00:00 UTC: stocktaking. Nothing was run.",
      },
    });
    expect(person("slack:IDA", { freeze })?.mayBreakGlass).toBe(true);
  });
});
