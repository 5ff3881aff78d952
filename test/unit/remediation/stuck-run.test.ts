import { describe, expect, it } from "vitest";
import type { DatabricksSituation, Situation } from "../../../src/core/remediation/situation.js";
import { activeRunPlan } from "../../../src/core/remediation/stuck-run.js";
import { transient } from "../../flows/approval-world.js";
import { createFakeDatabricks } from "../../flows/fake-databricks.js";

const ana = { kind: "person", id: "slack:ANA", name: "Ana" } as const;

/** What follows for a run that began at eight, is looked at later and usually takes so long. */
function planFor(lookedAt: string, usualRunSeconds: number | null): boolean {
  const run = createFakeDatabricks({ a: "RUNNING" }, { startedAt: "2026-03-01T08:00:00Z" }).run();
  const situation = { requester: ana, afterFix: false, verdict: transient, dryRunAt: lookedAt } as unknown as Situation;
  const databricks = { connection: "d", writable: true, run, usualRunSeconds } as unknown as DatabricksSituation;
  return activeRunPlan(situation, databricks, { repaired: [], else: null }).ok;
}

describe("a run is stuck", () => {
  it("only over three times its usual length", () => {
    expect(planFor("2026-03-01T08:59:00Z", 1200)).toBe(false);
    expect(planFor("2026-03-01T09:01:00Z", 1200)).toBe(true);
  });

  it("only ten minutes beyond it, however short it usually is", () => {
    expect(planFor("2026-03-01T08:10:00Z", 60)).toBe(false);
    expect(planFor("2026-03-01T08:12:00Z", 60)).toBe(true);
  });

  it("never where nobody knows its usual length", () => {
    expect(planFor("2026-03-02T08:00:00Z", null)).toBe(false);
  });
});
