import { afterEach, describe, expect, it } from "vitest";
import type { Rule } from "../../src/core/remediation/rule.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { ana, ben, cleo, createWorld, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";

let world: World;
afterEach(() => world.close());

const eve = { id: "slack:EVE", platform: "slack", displayName: "Eve", standing: "member" } as const;

/** The story's clock stands at 08:00 UTC, which is nine in Berlin, on a Sunday. */
async function open(rules: readonly Rule[], options: Partial<WorldOptions> = {}, tags: string[] = []) {
  const airflow = createFakeAirflow(
    [
      { id: "load", state: "failed" },
      { id: "publish", after: ["load"], state: "upstream_failed" },
    ],
    {},
    { tags },
  );
  world = await createWorld({ airflow, rules, ...options });
  world.people.set(eve.id, eve);
  return { airflow, tags };
}

async function outcome(id: string): Promise<string | null | undefined> {
  return (await world.proposal(id)).execution?.outcome;
}

describe("a plan that two people must approve", () => {
  const pair = plainRule({ name: "pairs", quorum: 2 });

  it("waits after the first and runs once after the second, whoever clicks again", async () => {
    const { airflow } = await open([pair]);
    const { id, plan } = await world.propose();
    expect(plan.terms).toEqual({ quorum: 2, expiresAt: "2026-03-01T09:00:00.000Z" });

    expect(await world.click(ben, id)).toMatchObject({ kind: "decided", proposal: { state: "pending" } });
    expect(await world.click(ben, id)).toMatchObject({ kind: "refused", refusal: { kind: "already_counted" } });
    await world.drive();
    expect(airflow.effects).toEqual([]);

    expect(await world.click(cleo, id)).toMatchObject({ kind: "decided", proposal: { state: "approved" } });
    expect(await world.click(ben, id)).toMatchObject({ kind: "refused", refusal: { kind: "already_decided" } });
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.auditActions()).filter((action) => action === "approved")).toHaveLength(2);
  });

  it("is not run when the first of them left before it was", async () => {
    const { airflow } = await open([pair]);
    const { id } = await world.propose();
    await world.click(ben, id);
    await world.click(cleo, id);
    world.people.set(ben.id, { ...ben, standing: "deactivated" });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("Ben may not approve any more (deactivated). Nothing was run.");
  });

  it("waits for a third when one of the two asks for it himself", async () => {
    const { airflow } = await open([plainRule({ approvers: [ben.id, cleo.id, eve.id], quorum: 2 })]);
    const { id } = await world.propose();
    await world.click(ben, id);
    await world.propose(ben);
    expect(await world.click(cleo, id)).toMatchObject({ kind: "decided", proposal: { state: "pending" } });
    expect(await world.click(eve, id)).toMatchObject({ kind: "decided", proposal: { state: "approved" } });
    await world.drive();
    expect(airflow.effects).toHaveLength(1);
  });

  it("is denied by one of them, also after both approved, while nothing was sent", async () => {
    const { airflow } = await open([pair]);
    const { id } = await world.propose();
    await world.click(ben, id);
    await world.click(cleo, id);
    expect(await world.click(cleo, id, "denied")).toMatchObject({ kind: "decided", proposal: { state: "denied" } });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.incident()).state).toBe("diagnosed");
  });
});

describe("a DAG whose tag says that it is safe to repeat", () => {
  it("needs the second person again once the tag was taken away, also after the approval", async () => {
    const { airflow, tags } = await open([plainRule({ quorumUnlessIdempotent: 2 })], {}, ["pipewright:idempotent"]);
    const { id } = await world.propose();
    expect(await world.click(ben, id)).toMatchObject({ kind: "decided", proposal: { state: "approved" } });
    tags.length = 0;
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("Nothing was run.");
  });
});

describe("a freeze", () => {
  const freeze = (from: string, to: string) =>
    plainRule({ freeze: [{ days: ["sun"], from, to, timezone: "Europe/Berlin", until: null, reason: "stocktaking" }] });

  it("takes a denial and refuses an approval, in words that say until when", async () => {
    await open([freeze("08:30", "09:30")]);
    const { id } = await world.propose();
    expect(await world.click(ben, id)).toMatchObject({
      kind: "refused",
      refusal: {
        kind: "frozen",
        message: "Reruns are frozen until 2026-03-01 08:30 UTC: stocktaking. Nothing was run.",
      },
    });
    expect(await world.click(ben, id, "denied")).toMatchObject({ kind: "decided" });
  });

  it("that began after the approval keeps it from being run", async () => {
    const { airflow } = await open([freeze("09:05", "10:00")]);
    const { id } = await world.propose();
    expect(await world.click(ben, id)).toMatchObject({ kind: "decided" });
    world.clock.move(5 * 60_000);
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("Reruns are frozen until 2026-03-01 09:00 UTC: stocktaking.");
  });

  it("is passed over by who may break the glass, with a reason, and announced", async () => {
    const glass = { people: [cleo.id], announce: "slack:CALARM", reviewHours: 24 };
    const { airflow } = await open([freeze("08:00", "12:00"), plainRule({ quorum: 2 })], { breakGlass: glass });
    const { id } = await world.propose(cleo);
    const click = { person: cleo, proposalId: id, verdict: "approved", breakGlass: true } as const;
    for (const reason of [null, " ", "\u200b", "..."]) {
      expect(await world.approvals.decide({ ...click, reason })).toMatchObject({ refusal: { kind: "reason_missing" } });
    }
    expect(await world.approvals.decide({ ...click, person: ben, reason: "me too" })).toMatchObject({
      refusal: { kind: "glass_not_theirs" },
    });
    expect(await world.approvals.decide({ ...click, reason: "the board waits" })).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect(world.announced).toEqual([id]);
    expect(await world.auditActions()).toContain("review_due");
  });

  it("whose glass was broken still runs nothing but what was shown", async () => {
    const glass = { people: [cleo.id], announce: null, reviewHours: 24 };
    const { airflow } = await open([freeze("08:00", "12:00")], { breakGlass: glass });
    const { id } = await world.propose();
    await world.approvals.decide({
      person: cleo,
      proposalId: id,
      verdict: "approved",
      breakGlass: true,
      reason: "the board waits",
    });
    for (const [key, row] of airflow.rows) airflow.rows.set(key, { ...row, tryNumber: row.tryNumber + 1 });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(id)).state).toBe("spent");
  });
});

describe("a standing approval", () => {
  const oven = plainRule({
    name: "oven-503",
    category: "network_transient",
    autoAllow: {
      steps: ["airflow_clear"],
      maxReruns: 1,
      perHours: 24,
      approvedBy: cleo.id,
      until: "2026-04-01T00:00:00.000Z",
    },
  });
  const safe = () => ["pipewright:idempotent"];

  it("runs what the alert asks for, in the name of its rule and of who answers for it", async () => {
    const { airflow } = await open([oven], {}, safe());
    const proposal = await world.proposals.proposeForAlert("inc_1");
    expect(proposal).toMatchObject({
      state: "approved",
      decision: { personId: "policy:oven-503", standingBy: cleo.id },
    });
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    expect((await world.proposal(proposal.id)).execution?.state).toBe("recovered");
  });

  it("covers nothing that a person, a model or a tool asks for", async () => {
    await open([oven], {}, safe());
    expect((await world.propose()).state).toBe("pending");
    expect((await world.propose(ana)).state).toBe("pending");
  });

  it("stops at its own cap, over all runs: then people decide", async () => {
    const { airflow } = await open([oven], {}, safe());
    airflow.broken.add("load");
    const first = await world.proposals.proposeForAlert("inc_1");
    await world.drive();
    expect((await world.proposal(first.id)).execution?.state).toBe("failed");
    const incident = await world.incident();
    const failures = incident.failures.map((failure) =>
      failure.kind === "airflow_task" ? { ...failure, tryNumber: 2 } : failure,
    );
    await world.store.transact((tx) => tx.incidents.put({ ...incident, failures }));
    expect((await world.proposals.proposeForAlert("inc_1")).state).toBe("pending");
    expect(airflow.effects).toHaveLength(1);
  });

  it.each<[string, readonly Rule[], string[]]>([
    ["nobody said that it is safe to repeat", [], []],
    ["a tag says that it is not", [plainRule({ idempotent: true })], ["pipewright:not-idempotent"]],
    ["two must approve", [plainRule({ quorum: 2 })], ["pipewright:idempotent"]],
    [
      "reruns are frozen",
      [plainRule({ freeze: [{ days: [], from: "00:00", to: "24:00", timezone: "UTC", until: null, reason: null }] })],
      ["pipewright:idempotent"],
    ],
    ["another rule says never", [plainRule({ autoAllow: false })], ["pipewright:idempotent"]],
    ["who answers for it may not approve here", [plainRule({ approvers: ["slack:EVE"] })], ["pipewright:idempotent"]],
  ])("leaves it to people where %s", async (_why, rules, tags) => {
    await open([oven, ...rules], {}, tags);
    expect((await world.proposals.proposeForAlert("inc_1")).state).toBe("pending");
  });

  it("is void when the DAG was marked as not safe to repeat before it ran", async () => {
    const { airflow, tags } = await open([oven], {}, safe());
    const { id } = await world.proposals.proposeForAlert("inc_1");
    tags.push("pipewright:not-idempotent");
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("The standing approval of the rule oven-503 does not cover this any more.");
  });

  it("is void when who answers for it left before it ran", async () => {
    const { airflow } = await open([oven], {}, safe());
    const { id } = await world.proposals.proposeForAlert("inc_1");
    world.people.set(cleo.id, { ...cleo, standing: "deactivated" });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("slack:CLEO may not approve any more (deactivated).");
  });
});

describe("rules by tag and task", () => {
  it("hold a plan to the rules of its DAG's tags and of its tasks", async () => {
    await open([plainRule({ tag: "gold", quorum: 3 }), plainRule({ task: "publish", expiresMinutes: 5 })], {}, [
      "gold",
    ]);
    expect((await world.propose()).plan).toMatchObject({
      matchedBy: { category: "network_transient", tags: ["gold"] },
      terms: { quorum: 3, expiresAt: "2026-03-01T08:05:00.000Z" },
    });
  });

  it("are read again before anything is sent", async () => {
    const { airflow, tags } = await open([plainRule({ tag: "gold", quorum: 2 })], {}, []);
    const { id } = await world.propose();
    await world.click(ben, id);
    tags.push("gold");
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await outcome(id)).toContain("Who approved it may not approve this any more.");
  });
});
