import { afterEach, describe, expect, it, vi } from "vitest";
import { plainRule } from "../fixtures/plain-rule.js";
import {
  ana,
  ben,
  cleo,
  createWorld,
  dan,
  incidentAbout,
  invoices,
  taskFailed,
  transient,
  type World,
  type WorldOptions,
} from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";

let world: World;
afterEach(() => world.close());

async function open(options: Partial<WorldOptions> = {}) {
  const airflow = options.airflow ?? invoices();
  world = await createWorld({ ...options, airflow });
  return airflow;
}

describe("a failed task whose cause has passed", () => {
  it("is cleared with what waits behind it after one approval, watched, and recovers", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    expect(proposal.facts.willRun).toEqual(["load", "publish"]);
    expect(proposal.facts.willNotRun).toEqual(["extract (succeeded)"]);
    expect(proposal.facts.usualSeconds).toBe(240);
    expect(proposal.facts.guards).toEqual(["max 2 reruns/6 h (0 used)"]);
    expect((await world.incident()).proposalId).toBe(proposal.id);

    expect(await world.click(ben, proposal.id)).toMatchObject({ kind: "decided" });
    expect((await world.incident()).state).toBe("acting");
    await world.drive();

    expect(airflow.effects).toEqual(["clear load[-1],publish[-1]"]);
    const spent = await world.proposal(proposal.id);
    expect(spent.state).toBe("spent");
    expect(spent.execution?.state).toBe("recovered");
    expect(spent.execution?.outcome).toMatch(/^Recovered after .*2 tasks ended well\.$/);
    expect(await world.incident()).toMatchObject({ state: "recovered", proposalId: null });
    expect(await world.auditActions()).toEqual([
      "proposal_made",
      "approved",
      "execution_started",
      "request_sent",
      "request_settled",
      "execution_ended",
      "incident_recovered",
    ]);
    expect(world.published.length).toBeGreaterThan(2);
  });

  it("says that it failed again, with the new try, and counts it", async () => {
    const airflow = await open();
    airflow.broken.add("load");
    const proposal = await world.propose();
    await world.approved(proposal);
    const ended = await world.proposal(proposal.id);
    expect(ended.execution).toMatchObject({ state: "failed", outcome: "load failed again (try 2)." });
    expect((await world.incident()).state).toBe("diagnosed");
    const second = await world.propose();
    expect(second.facts.guards).toEqual(["max 2 reruns/6 h (1 used)"]);
    await world.approved(second);
    await expect(world.propose()).rejects.toThrow("already rerun 2 times within 6 h");
    expect(airflow.effects).toHaveLength(2);
  });

  it("clears only the failed map indexes", async () => {
    const airflow = createFakeAirflow([
      { id: "fetch", state: "success", mapIndexes: [0, 1, 2, 4] },
      { id: "report", after: ["fetch"], state: "upstream_failed" },
    ]);
    const row = airflow.rows.get("fetch[1]");
    const other = airflow.rows.get("fetch[4]");
    if (row === undefined || other === undefined) throw new Error("no such row");
    airflow.rows.set("fetch[1]", { ...row, state: "failed" });
    airflow.rows.set("fetch[4]", { ...other, state: "failed" });
    await open({ airflow, failures: [taskFailed("fetch", 1)] });
    const proposal = await world.propose();
    expect(proposal.facts.willRun).toEqual(["fetch[1,4]", "report"]);
    await world.approved(proposal);
    expect(airflow.effects).toEqual(["clear fetch[1],fetch[4],report[-1]"]);
    expect((await world.incident()).state).toBe("recovered");
  });
});

describe("while failures still come in", () => {
  it("waits until Airflow has marked what stands behind the failed task", async () => {
    const airflow = await open();
    const row = airflow.rows.get("publish[-1]");
    if (row === undefined) throw new Error("no such row");
    airflow.rows.set("publish[-1]", { ...row, state: "none" });
    const asked = world.propose();
    await vi.waitFor(() => expect(world.clock.sleeping()).toBe(1));
    airflow.rows.set("publish[-1]", row);
    world.clock.move(2_500);
    expect((await asked).facts.willRun).toEqual(["load", "publish"]);
  });

  it("replaces an open plan that does not know another map index, and keeps one that does", async () => {
    const airflow = createFakeAirflow([
      { id: "fetch", state: "failed", mapIndexes: [0, 1] },
      { id: "report", after: ["fetch"], state: "upstream_failed" },
    ]);
    const late = airflow.rows.get("fetch[1]");
    if (late === undefined) throw new Error("no such row");
    airflow.rows.set("fetch[1]", { ...late, state: "running" });
    await open({ airflow, failures: [taskFailed("fetch", 0)] });
    const first = await world.propose();
    expect(first.facts.willRun).toEqual(["fetch[0]", "report"]);
    airflow.rows.set("fetch[1]", late);
    const failures = [taskFailed("fetch", 0), taskFailed("fetch", 1)];
    const incident = await world.incident();
    await world.store.transact((tx) => tx.incidents.put({ ...incident, failures }));
    const second = await world.propose();
    expect(second.facts.willRun).toEqual(["fetch[0,1]", "report"]);
    expect(await world.proposal(first.id)).toMatchObject({ state: "superseded", supersededBy: second.id });
    expect((await world.propose()).id).toBe(second.id);
  });
});

describe("who decides", () => {
  it("runs once for a double click, a platform retry and two clickers at once", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    const outcomes = await Promise.all([
      world.click(ben, proposal.id),
      world.click(ben, proposal.id),
      world.click(cleo, proposal.id),
      world.click(cleo, proposal.id),
    ]);
    await world.drive();
    const late = await world.click(ben, proposal.id);
    expect(outcomes.filter((outcome) => outcome.kind === "decided")).toHaveLength(1);
    expect(late).toMatchObject({ kind: "refused", refusal: { kind: "already_decided" } });
    expect(late.kind === "refused" && late.refusal.message).toContain("already approved by Ben");
    expect(airflow.effects).toHaveLength(1);
  });

  it("refuses the guest, the requester, whoever may not, and everybody while people can't be looked up", async () => {
    const airflow = await open({ rules: [plainRule({ dag: "inv*", approvers: [ana.id, ben.id, dan.id] })] });
    const proposal = await world.propose(ana);
    const refusal = async (person: typeof ana) => {
      const outcome = await world.click(person, proposal.id);
      return outcome.kind === "refused" ? outcome.refusal.kind : outcome.kind;
    };
    expect(await refusal(dan)).toBe("guest");
    expect(await refusal(ana)).toBe("is_requester");
    expect(await refusal(cleo)).toBe("not_approver");
    world.people.delete(ben.id);
    expect(await refusal(ben)).toBe("look_up_failed");
    world.people.set(ben.id, { ...ben, standing: "deactivated" });
    expect(await refusal(ben)).toBe("deactivated");
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect(await world.auditActions()).toEqual(["proposal_made", ...Array(5).fill("decision_refused")]);
    const outcome = await world.click(dan, proposal.id);
    expect(outcome.kind === "refused" && outcome.whoMay).toEqual([ben.id, dan.id]);
  });

  it("does not let who asked in words for the open plan decide it", async () => {
    await open();
    const proposal = await world.propose();
    const again = await world.propose(ben);
    expect(again.id).toBe(proposal.id);
    expect(again.askedBy).toEqual([ben.id]);
    expect(await world.click(ben, proposal.id)).toMatchObject({ refusal: { kind: "is_requester" } });
    expect(await world.click(cleo, proposal.id)).toMatchObject({ kind: "decided" });
  });

  it("makes one proposal when the alert and a person ask at the same moment", async () => {
    await open();
    const [one, other] = await Promise.all([world.propose(), world.propose(ana)]);
    expect(other.id).toBe(one.id);
    expect(await world.proposals.ofIncident("inc_1")).toHaveLength(1);
    expect(await world.click(ana, one.id)).toMatchObject({ kind: "refused" });
  });

  it("lets a denial win as long as nothing was sent", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    expect(await world.click(cleo, proposal.id, "denied")).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).state).toBe("denied");
    expect((await world.incident()).state).toBe("diagnosed");
  });

  it("expires, and a refresh makes the plan of now in its place", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    world.clock.move(61 * 60_000);
    expect(await world.click(ben, proposal.id)).toMatchObject({ refusal: { kind: "expired" } });
    expect((await world.proposal(proposal.id)).state).toBe("expired");
    await expect(world.approvals.refresh(proposal.id, dan)).rejects.toThrow("Only members");
    const fresh = await world.approvals.refresh(proposal.id, ben);
    expect(fresh.id).not.toBe(proposal.id);
    expect(await world.click(ben, fresh.id)).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(airflow.effects).toHaveLength(1);
  });
});

describe("before anything is sent", () => {
  it("makes a new plan when the task was cleared by hand meanwhile, and runs nothing", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    airflow.broken.add("load");
    const row = airflow.rows.get("load[-1]");
    if (row === undefined) throw new Error("no such row");
    airflow.rows.set("load[-1]", { ...row, id: "by-hand", tryNumber: 2, maxTries: 1 });
    await world.approved(proposal);
    const old = await world.proposal(proposal.id);
    expect(airflow.effects).toEqual([]);
    expect(old.execution?.state).toBe("refused");
    expect(old.execution?.outcome).toContain("load has been run or cleared again since");
    const next = await world.proposal(old.supersededBy ?? "");
    expect(next.state).toBe("pending");
    expect(next.plan.steps[0]).toMatchObject({ tasks: [{ taskId: "load", tryNumber: 2 }, { taskId: "publish" }] });
  });

  it("refuses when the approver lost the right between click and call", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    world.people.set(ben.id, { ...ben, standing: "deactivated" });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.state).toBe("refused");
  });

  it("refuses a plan that was changed in the store after the approval", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    await world.store.transact(async (tx) => {
      const row = await tx.proposals.get(proposal.id);
      const step = row?.plan.steps[0];
      if (row === null || step?.do !== "airflow_clear") throw new Error("no clear");
      const steps = [{ ...step, runId: "scheduled__2026-02-01" }];
      await tx.proposals.put({ ...row, plan: { ...row.plan, steps } });
    });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("not the one that was approved");
  });

  it("waits while Airflow is down and runs once when it is back", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    await world.click(ben, proposal.id);
    airflow.down = true;
    let rounds = 0;
    await world.drive(() => {
      rounds += 1;
      if (rounds === 3) airflow.down = false;
    });
    expect(airflow.effects).toHaveLength(1);
    expect((await world.incident()).state).toBe("recovered");
  });

  it("keeps the cap also between two incidents about the same run", async () => {
    const airflow = await open({ rules: [plainRule({ maxReruns: 1 })] });
    await world.store.transact((tx) => tx.incidents.put({ ...incidentAbout(), id: "inc_2" }));
    const first = await world.propose();
    const request = { requester: { kind: "alert" }, afterFix: false } as const;
    const second = await world.proposals.propose({ ...request, incidentId: "inc_2" });
    await world.click(ben, first.id);
    await world.approved(second);
    expect(airflow.effects).toHaveLength(1);
    const states = [
      (await world.proposal(first.id)).execution?.state,
      (await world.proposal(second.id)).execution?.state,
    ];
    expect(states.sort()).toEqual(["recovered", "refused"]);
  });

  it("keeps the cool-down between two reruns of a run", async () => {
    const airflow = await open({ rules: [plainRule({ coolDownMinutes: 30 })] });
    airflow.broken.add("load");
    const first = await world.propose();
    await world.approved(first);
    const second = await world.propose();
    await world.approved(second);
    expect(airflow.effects).toHaveLength(1);
    expect((await world.proposal(second.id)).execution?.outcome).toContain("less than 30 minutes ago");
  });
});

describe("when no rerun is right", () => {
  it("says so and makes no proposal for a drifted schema, until a person says it is fixed", async () => {
    const airflow = await open({
      verdict: {
        ...transient,
        category: "schema_drift",
        rerunHelps: "no",
        nextStep: "Ask the producer about promo_code.",
      },
    });
    await expect(world.propose()).rejects.toMatchObject({
      code: "refused",
      message: "A rerun can't help: the data has another shape than the code expects.",
      fix: "Ask the producer about promo_code.",
    });
    expect((await world.incident()).noRerunBecause).toContain("promo_code");
    const fixed = await world.proposals.propose({
      incidentId: "inc_1",
      requester: { kind: "person", id: ana.id, name: "Ana" },
      afterFix: true,
    });
    expect(fixed.plan.steps[0]).toMatchObject({ do: "airflow_clear", runOnLatestVersion: true });
    await world.approved(fixed);
    expect(airflow.effects).toHaveLength(1);
  });

  it("says that a connection without write credentials is diagnosed only", async () => {
    await open({ readOnly: true });
    await expect(world.propose()).rejects.toThrow("diagnosed only");
  });

  it("lets an MCP client make three proposals an hour and no more", async () => {
    await open();
    const ask = () =>
      world.proposals.propose({
        incidentId: "inc_1",
        requester: { kind: "person", id: "mcp:desk", name: "desk" },
        afterFix: false,
      });
    for (let i = 0; i < 3; i += 1) {
      const proposal = await ask();
      await world.click(ben, proposal.id, "denied");
    }
    await expect(ask()).rejects.toThrow("3 proposals were already made");
  });
});
