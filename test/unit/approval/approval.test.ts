import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/approval/approval.js";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import { decisionFacts, type PartialFacts } from "./decision-facts.js";
import { member, proposalRow } from "./proposal-row.js";

const now = new Date("2026-03-01T08:10:00Z");

function kindOf(proposal: Proposal, more: PartialFacts = {}): string {
  const result = decide(proposal, decisionFacts(more));
  return result.ok ? result.proposal.state : result.refusal.kind;
}

const askedByAna = proposalRow({
  plan: { ...proposalRow().plan, requester: { kind: "person", id: "slack:ANA", name: "Ana" } },
});

describe("deciding a proposal", () => {
  it("takes an eligible approver's word once", () => {
    const result = decide(proposalRow(), decisionFacts({ reason: "looks right" }));
    expect(result).toMatchObject({
      ok: true,
      proposal: { state: "approved", execution: { state: "queued" } },
      decision: {
        verdict: "approved",
        personId: "slack:BEN",
        personName: "BEN",
        reason: "looks right",
        at: now.toISOString(),
      },
    });
    if (!result.ok) return;
    expect(kindOf(result.proposal)).toBe("already_decided");
    expect(kindOf(result.proposal, { person: member("slack:CLEO") })).toBe("already_decided");
  });

  it.each([
    ["guest", "guest"],
    ["stranger", "stranger"],
    ["bot", "bot"],
    ["deactivated", "deactivated"],
  ] as const)("refuses a %s even when the policy names them", (standing, kind) => {
    expect(kindOf(proposalRow(), { person: member("slack:BEN", { standing }) })).toBe(kind);
    expect(kindOf(proposalRow(), { person: member("slack:BEN", { standing }), verdict: "denied" })).toBe(kind);
  });

  it("refuses whoever asked, under any of their identities", () => {
    expect(kindOf(askedByAna, { person: member("slack:ANA") })).toBe("is_requester");
    expect(kindOf(proposalRow({ askedBy: ["slack:BEN"] }))).toBe("is_requester");
    const identityOf = (id: string) => (id === "console:ana" ? "slack:ANA" : id);
    expect(kindOf(askedByAna, { person: member("console:ana"), identityOf })).toBe("is_requester");
  });

  it("lets any approver decide what the alert asked for, but not alone where the policy wants two people", () => {
    expect(kindOf(proposalRow())).toBe("approved");
    expect(kindOf(proposalRow(), { guards: { fourEyes: true } })).toBe("needs_second_person");
    expect(kindOf(proposalRow(), { guards: { fourEyes: true }, verdict: "denied" })).toBe("denied");
    expect(kindOf(askedByAna, { guards: { fourEyes: true } })).toBe("approved");
  });

  it("refuses at the very moment of expiry and marks the row", () => {
    const last = new Date("2026-03-01T08:59:59.999Z");
    expect(kindOf(proposalRow(), { now: last })).toBe("approved");
    const result = decide(proposalRow(), decisionFacts({ now: new Date("2026-03-01T09:00:00Z") }));
    expect(result).toMatchObject({ ok: false, refusal: { kind: "expired" }, proposal: { state: "expired" } });
  });

  it("refuses an approval of a plan that was touched or is not allowed any more, but takes a denial", () => {
    expect(kindOf(proposalRow(), { digestFits: false })).toBe("digest_mismatch");
    expect(kindOf(proposalRow(), { guards: { refusal: "No." } })).toBe("not_allowed");
    expect(kindOf(proposalRow(), { digestFits: false, verdict: "denied" })).toBe("denied");
  });

  it("lets a denial win until something was sent", () => {
    const approved = decide(proposalRow(), decisionFacts());
    if (!approved.ok) throw new Error("not approved");
    const deny = { verdict: "denied", person: member("slack:CLEO") } as const;
    expect(kindOf(approved.proposal, deny)).toBe("denied");
    const sent: Proposal = {
      ...approved.proposal,
      execution: {
        state: "running",
        startedAt: null,
        endedAt: null,
        trail: [],
        outcome: null,
        requests: [
          { key: "0:clear", state: "intended", attempt: 1, intendedAt: "", settledAt: null, before: [], answer: null },
        ],
      },
    };
    expect(kindOf(sent, deny)).toBe("already_decided");
  });
});

describe("any sequence of clicks", () => {
  const people = ["slack:ANA", "slack:BEN", "slack:CLEO", "slack:DAN"] as const;
  const click = fc.record({
    who: fc.constantFrom(...people),
    standing: fc.constantFrom("member", "member", "member", "guest", "deactivated" as const),
    verdict: fc.constantFrom("approved", "denied" as const),
    minutes: fc.integer({ min: 0, max: 90 }),
    fits: fc.boolean(),
  });

  it("approves at most once, only by whom it may, and never leaves a denial", () => {
    fc.assert(
      fc.property(fc.array(click, { maxLength: 12 }), fc.constantFrom(...people, null), (clicks, asker) => {
        let row = proposalRow(
          asker === null
            ? {}
            : { plan: { ...proposalRow().plan, requester: { kind: "person", id: asker, name: asker } } },
        );
        let minute = 0;
        let approvals = 0;
        for (const { who, standing, verdict, minutes, fits } of clicks) {
          minute += minutes;
          const before = row;
          const result = decide(
            row,
            decisionFacts({
              person: member(who, { standing }),
              verdict,
              digestFits: fits,
              now: new Date(Date.parse("2026-03-01T08:00:00Z") + minute * 60_000),
            }),
          );
          row = result.proposal;
          if (!result.ok) {
            expect(row.decision).toEqual(before.decision);
            continue;
          }
          expect(standing).toBe("member");
          expect(who).not.toBe(asker);
          expect(["slack:ANA", "slack:BEN", "slack:CLEO"]).toContain(who);
          if (verdict === "approved") {
            approvals += 1;
            expect(before.state).toBe("pending");
            expect(fits).toBe(true);
            expect(minute).toBeLessThan(60);
          }
          expect(["denied", "spent", "expired", "superseded"]).not.toContain(before.state);
        }
        expect(approvals).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
