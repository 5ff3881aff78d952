import { describe, expect, it } from "vitest";
import type { Decision, Proposal } from "../../../src/core/approval/proposal.js";
import { answerable, type RecheckFacts, recheck } from "../../../src/core/approval/recheck.js";
import { ruleOf, standingDecision, standingFor } from "../../../src/core/approval/standing.js";
import { transition } from "../../../src/core/approval/transition.js";
import type { Plan } from "../../../src/core/remediation/plan.js";
import { noGuards } from "../../../src/core/remediation/policy.js";
import type { Standing } from "../../../src/core/remediation/weigh.js";
import { member, proposalRow } from "./proposal-row.js";

const now = new Date("2026-03-01T08:30:00Z");
const guards = { ...noGuards, approvers: ["slack:BEN", "slack:CLEO", "cli:ben"], expiresMinutes: 60 };
const everybody = new Map(["slack:BEN", "slack:CLEO", "cli:ben", "slack:IDA"].map((id) => [id, member(id)]));

function facts({
  guards: more,
  ...rest
}: Partial<Omit<RecheckFacts, "guards">> & { guards?: object } = {}): RecheckFacts {
  return { guards: { ...guards, ...more }, frozen: null, now, people: everybody, identityOf: (id) => id, ...rest };
}

function approval(personId: string, more: Partial<Decision> = {}): Decision {
  return {
    verdict: "approved",
    personId,
    personName: personId.split(":")[1] ?? personId,
    at: now.toISOString(),
    reason: null,
    ...more,
  };
}

function approvedBy(...decisions: readonly Decision[]): Proposal {
  return proposalRow({ state: "approved", decision: decisions.at(-1) ?? null, decisions });
}

function askedBy(row: Proposal, id: string): Proposal {
  return { ...row, plan: { ...row.plan, requester: { kind: "person", id, name: id } } };
}

describe("before anything is sent, an approval", () => {
  const byBen = approvedBy(approval("slack:BEN"));

  it("still holds where nothing has changed", () => {
    expect(recheck(byBen, facts())).toBeNull();
    expect(recheck(proposalRow({ decision: approval("slack:BEN") }), facts())).toBeNull();
  });

  it("holds for nothing that is not approved", () => {
    expect(recheck(proposalRow(), facts())).toBe("It is not approved.");
    expect(recheck(approvedBy(approval("slack:BEN", { verdict: "denied" })), facts())).toBe("It is not approved.");
  });

  it("ends with what the policy forbids, and with a freeze", () => {
    expect(recheck(byBen, facts({ guards: { refusal: "Not this one." } }))).toBe("Not this one.");
    const until = "2026-03-02T06:00:00.000Z";
    expect(recheck(byBen, facts({ frozen: { until, reason: "month end" } }))).toBe(
      "Reruns are frozen until 2026-03-02 06:00 UTC: month end.",
    );
    expect(recheck(byBen, facts({ frozen: { until: null, reason: null } }))).toBe("Reruns are frozen.");
  });

  it("ends with the standing of who gave it", () => {
    const people = new Map([["slack:BEN", member("slack:BEN", { standing: "deactivated" })]]);
    expect(recheck(byBen, facts({ people }))).toBe("BEN may not approve any more (deactivated).");
    expect(recheck(byBen, facts({ people: new Map() }))).toBe("BEN may not approve any more (unknown).");
    expect(recheck(byBen, facts({ guards: { approvers: ["slack:CLEO"] } }))).toBe(
      "Who approved it may not approve this any more.",
    );
  });

  it("ends when one of a quorum is gone, or the policy wants more", () => {
    const both = approvedBy(approval("slack:BEN"), approval("slack:CLEO"));
    const two = { guards: { quorum: 2 } };
    expect(answerable(both)).toEqual(["slack:BEN", "slack:CLEO"]);
    expect(answerable(proposalRow())).toEqual([]);
    expect(recheck(both, facts(two))).toBeNull();
    expect(recheck(both, facts({ guards: { quorum: 3 } }))).toBe("Who approved it may not approve this any more.");
    const people = new Map(everybody).set("slack:BEN", member("slack:BEN", { standing: "guest" }));
    expect(recheck(both, facts({ ...two, people }))).toBe("BEN may not approve any more (guest).");
    expect(recheck(both, facts({ people }))).toBeNull();
    expect(recheck(both, facts({ ...two, identityOf: () => "one human" }))).not.toBeNull();
    const shown: Plan = { ...byBen.plan, terms: { quorum: 2, expiresAt: byBen.expiresAt } };
    expect(recheck({ ...byBen, plan: shown }, facts())).toBe("Who approved it may not approve this any more.");
    expect(recheck({ ...both, plan: shown }, facts())).toBeNull();
  });

  it("counts nobody who asked, and wants somebody to have asked where four eyes are wanted", () => {
    expect(recheck(askedBy(byBen, "slack:BEN"), facts())).toBe("The policy asks for two people here.");
    expect(recheck(byBen, facts({ guards: { fourEyes: true } }))).toBe("The policy asks for two people here.");
    expect(recheck(askedBy(byBen, "slack:ANA"), facts({ guards: { fourEyes: true } }))).toBeNull();
    expect(recheck(askedBy(byBen, "mcp:desk"), facts({ guards: { fourEyes: true } }))).not.toBeNull();
    const both = approvedBy(approval("slack:BEN"), approval("slack:CLEO"));
    expect(recheck(both, facts({ guards: { fourEyes: true, quorum: 2 } }))).toBeNull();
    // One who asked after a third had approved is not missed.
    const joined = { ...both, askedBy: ["slack:BEN"] };
    expect(recheck(joined, facts())).toBeNull();
    expect(recheck(joined, facts({ guards: { quorum: 2 } }))).toBe("The policy asks for two people here.");
  });

  it("at the command line is never one of two", () => {
    const byCli = approvedBy(approval("cli:ben"));
    expect(recheck(byCli, facts())).toBeNull();
    expect(recheck(byCli, facts({ guards: { fourEyes: true } }))).toBe("The policy asks for two people here.");
    expect(recheck(askedBy(byCli, "slack:ANA"), facts())).toBe("The policy asks for two people here.");
    const withCleo = approvedBy(approval("cli:ben"), approval("slack:CLEO"));
    expect(recheck(withCleo, facts({ guards: { quorum: 2 } }))).toBe("The policy asks for two people here.");
  });

  it("of another plan counts for nothing", () => {
    const { digest } = byBen;
    expect(recheck(approvedBy(approval("slack:BEN", { digest })), facts())).toBeNull();
    expect(recheck(approvedBy(approval("slack:BEN", { digest: "of another plan" })), facts())).not.toBeNull();
  });

  it("that a denial stands among does not count the denial", () => {
    const row = approvedBy(approval("slack:CLEO", { verdict: "denied" }), approval("slack:BEN"));
    expect(recheck(row, facts())).toBeNull();
    expect(recheck(row, facts({ guards: { quorum: 2 } }))).not.toBeNull();
    expect(answerable(row)).toEqual(["slack:BEN"]);
  });
});

describe("a broken glass", () => {
  const breakGlass = { reviewBy: "2026-03-02T08:30:00.000Z" };
  const broken = approvedBy(approval("slack:BEN"), approval("slack:IDA", { breakGlass }));
  const glass = { people: ["slack:IDA"], announce: null, reviewHours: 24 };

  it("passes over freeze, quorum and four eyes, and over nothing else", () => {
    const strict = { quorum: 3, fourEyes: true, breakGlass: glass };
    expect(recheck(broken, facts({ guards: strict, frozen: { until: null, reason: null } }))).toBeNull();
    expect(recheck(broken, facts({ guards: { ...strict, refusal: "Never." } }))).toBe("Never.");
    expect(answerable(broken)).toEqual(["slack:IDA"]);
  });

  it("is void once they are not on the list, or not with us, any more", () => {
    const off = { breakGlass: { ...glass, people: ["slack:BEN"] } };
    expect(recheck(broken, facts({ guards: off }))).toBe("IDA may not break the glass any more.");
    expect(recheck(broken, facts({ guards: { breakGlass: null } }))).toBe("IDA may not break the glass any more.");
    const people = new Map([["slack:IDA", member("slack:IDA", { standing: "stranger" })]]);
    expect(recheck(broken, facts({ guards: { breakGlass: glass }, people }))).toBe(
      "IDA may not approve any more (stranger).",
    );
  });
});

describe("a standing approval", () => {
  const standing: Standing = {
    rule: "oven-503",
    steps: ["airflow_clear"],
    maxReruns: 1,
    perHours: 24,
    approvedBy: "slack:BEN",
    until: "2026-03-01T08:30:00.001Z",
  };
  const covering = { idempotent: true, standing: [standing] };
  const known = { category: "network_transient" as const, tags: [] };
  const row = proposalRow({ plan: { ...proposalRow().plan, matchedBy: known } });
  const found = (one: Proposal, more: Parameters<typeof facts>[0] = {}) =>
    standingFor(one, facts({ ...more, guards: { ...covering, ...more.guards } }));

  it("covers what the alert asks for, until its last millisecond", () => {
    expect(found(row)).toEqual(standing);
    expect(found(row, { now: new Date("2026-03-01T08:30:00.001Z") })).toBeNull();
  });

  it.each<[string, Proposal]>([
    ["a person asked for it", askedBy(row, "slack:ANA")],
    ["a model asked for it", askedBy(row, "mcp:desk")],
    ["somebody joined", { ...row, askedBy: ["slack:ANA"] }],
    ["somebody says it was fixed", { ...row, plan: { ...row.plan, afterFix: true } }],
    ["the tags are not known", { ...row, plan: { ...row.plan, matchedBy: { ...known, tags: null } } }],
    ["nothing of the rule's facts is known", proposalRow()],
    ["the plan that was shown needs two", { ...row, plan: { ...row.plan, terms: { quorum: 2, expiresAt: "" } } }],
    [
      "another step is in it",
      {
        ...row,
        plan: {
          ...row.plan,
          steps: [
            ...row.plan.steps,
            { do: "airflow_trigger", connection: "airflow:test", dagId: "mill", logicalDate: null },
          ],
        },
      },
    ],
  ])("covers nothing where %s", (_why, one) => {
    expect(found(one)).toBeNull();
  });

  it.each<[string, object]>([
    ["the policy forbids it", { refusal: "No." }],
    ["two must approve", { quorum: 2 }],
    ["four eyes are wanted", { fourEyes: true }],
    ["nobody said that it is safe to repeat", { idempotent: null }],
    ["it is not safe to repeat", { idempotent: false }],
    ["who answers for it may not approve", { approvers: ["slack:CLEO"] }],
    ["there is none", { standing: [] }],
  ])("covers nothing where %s", (_why, more) => {
    expect(found(row, { guards: more })).toBeNull();
  });

  it("covers nothing in a freeze, and the first that fits counts", () => {
    expect(found(row, { frozen: { until: null, reason: null } })).toBeNull();
    const over = { ...standing, rule: "over", until: "2026-01-01T00:00:00.000Z" };
    const other = { ...standing, rule: "other" };
    expect(found(row, { guards: { standing: [over, standing, other] } })?.rule).toBe("oven-503");
  });

  it("approves in the name of its rule, with who answers for it in the audit", () => {
    const step = transition(row, { kind: "stand", standing, now });
    const decision = standingDecision(row, standing, now);
    expect(decision).toEqual({
      verdict: "approved",
      personId: "policy:oven-503",
      personName: "the rule oven-503",
      at: now.toISOString(),
      reason: null,
      digest: row.digest,
      standingBy: "slack:BEN",
    });
    expect(step).toEqual({
      proposal: {
        ...row,
        state: "approved",
        decision,
        decisions: [decision],
        execution: { state: "queued", startedAt: null, endedAt: null, trail: [], outcome: null },
      },
      effects: [
        {
          do: "audit",
          actor: "policy:oven-503",
          action: "approved",
          detail: `The rule oven-503 approved the plan ${row.digest}; slack:BEN answers for it until 2026-03-01T08:30:00.001Z`,
        },
        { do: "act" },
        { do: "execute" },
        { do: "publish" },
      ],
      refusal: null,
    });
    expect(ruleOf(decision)).toBe("oven-503");
    expect(ruleOf({ personId: "slack:policy:x" })).toBeNull();
    const late = transition(row, { kind: "stand", standing, now: new Date("2026-03-01T09:00:00Z") });
    expect(late).toMatchObject({ proposal: row, effects: [], refusal: { kind: "expired" } });
    expect(transition(step.proposal, { kind: "stand", standing, now }).refusal?.kind).toBe("already_decided");
  });

  it("is checked again before anything is sent, with the person who answers for it", () => {
    const approved = transition(row, { kind: "stand", standing, now }).proposal;
    const again = (more: Parameters<typeof facts>[0] = {}) =>
      recheck(approved, facts({ ...more, guards: { ...covering, ...more.guards } }));
    const void_ = "The standing approval of the rule oven-503 does not cover this any more.";
    expect(again()).toBeNull();
    expect(answerable(approved)).toEqual(["slack:BEN"]);
    expect(again({ frozen: { until: null, reason: null } })).toBe(void_);
    expect(again({ guards: { standing: [{ ...standing, rule: "another" }] } })).toBe(void_);
    expect(again({ guards: { standing: [{ ...standing, approvedBy: "slack:CLEO" }] } })).toBe(void_);
    expect(again({ guards: { idempotent: false } })).toBe(void_);
    expect(again({ people: new Map() })).toBe("slack:BEN may not approve any more (unknown).");
  });
});
