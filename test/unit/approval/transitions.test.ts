import { describe, expect, it } from "vitest";
import { stateRefusal } from "../../../src/core/approval/approval.js";
import { freezeWords, type RefusalKind } from "../../../src/core/approval/decider.js";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import { transition } from "../../../src/core/approval/transition.js";
import { waitingFor } from "../../../src/core/approval/waiting.js";
import { decisionFacts, type PartialFacts } from "./decision-facts.js";
import { member, proposalRow } from "./proposal-row.js";

const now = new Date("2026-03-01T08:10:00Z");
const glass = { people: ["slack:CLEO"], announce: null, reviewHours: 2 };

function decided(row: Proposal, more: PartialFacts = {}) {
  return transition(row, { kind: "decide", facts: decisionFacts(more) });
}

function refused(more: PartialFacts, row = proposalRow()): readonly [RefusalKind | undefined, string | undefined] {
  const { refusal } = decided(row, more);
  return [refusal?.kind, refusal?.message];
}

const byAna = proposalRow({
  plan: { ...proposalRow().plan, requester: { kind: "person", id: "slack:ANA", name: "Ana" } },
});

describe("a decision", () => {
  it("leaves the row, the audit and the order to run it, at once", () => {
    const row = proposalRow();
    expect(decided(row, { reason: "looks right" }).effects).toEqual([
      {
        do: "audit",
        actor: "slack:BEN",
        action: "approved",
        detail: `approved the plan ${row.digest}: looks right`,
      },
      { do: "act" },
      { do: "execute" },
      { do: "publish" },
    ]);
    expect(decided(row, { verdict: "denied" }).effects).toEqual([
      { do: "audit", actor: "slack:BEN", action: "denied", detail: `denied the plan ${row.digest}` },
      { do: "stand_down" },
      { do: "publish" },
    ]);
  });

  it("of one of two is kept and shown, and runs nothing yet", () => {
    const row = proposalRow();
    const one = decided(row, { guards: { quorum: 2 } });
    expect(one.proposal).toMatchObject({
      state: "pending",
      decision: null,
      execution: null,
      decisions: [{ personId: "slack:BEN", digest: row.digest }],
    });
    expect(one.effects).toEqual([
      { do: "audit", actor: "slack:BEN", action: "approved", detail: `approved the plan ${row.digest} (1 of 2)` },
      { do: "publish" },
    ]);
    const two = decided(one.proposal, { guards: { quorum: 2 }, person: member("slack:CLEO") });
    expect(two.proposal).toMatchObject({ state: "approved", decision: { personId: "slack:CLEO" } });
    expect(two.effects[0]).toMatchObject({ detail: `approved the plan ${row.digest} (2 of 2)` });
    expect(decided(one.proposal, { verdict: "denied", guards: { quorum: 2 } }).effects[0]).toMatchObject({
      detail: `denied the plan ${row.digest}`,
    });
    // The policy was loosened meanwhile: the next approval settles it, what was shown still holds where it is stricter.
    const shown = { ...row, plan: { ...row.plan, terms: { quorum: 2, expiresAt: row.expiresAt } } };
    expect(decided(shown).proposal.state).toBe("pending");
  });

  it("is refused in words that say whose move it is", () => {
    const two = { quorum: 2 };
    const once = decided(proposalRow(), { guards: two }).proposal;
    const thrice = decided(proposalRow(), { guards: { quorum: 3 } }).proposal;
    expect(refused({ guards: two }, once)).toEqual([
      "already_counted",
      "You have approved this already; one other person must, too.",
    ]);
    expect(refused({ guards: { quorum: 3 } }, thrice)).toEqual([
      "already_counted",
      "You have approved this already; 2 other people must, too.",
    ]);
    expect(refused({ frozen: { until: "2026-03-02T06:00:00.000Z", reason: "month end" } })).toEqual([
      "frozen",
      "Reruns are frozen until 2026-03-02 06:00 UTC: month end. Nothing was run.",
    ]);
    expect(refused({ person: member("mcp:desk", { platform: "mcp" }) })).toEqual([
      "bot",
      "An MCP client may propose a rerun, but a person must decide it.",
    ]);
    expect(refused({ person: member("slack:BEN", { standing: "guest" }) })[1]).toBe(
      "Guests may not decide reruns. Ask a member of the team who may.",
    );
    expect(refused({ person: member("slack:BEN", { standing: "stranger" }) })[1]).toBe(
      "People from another workspace may not decide reruns. Ask somebody of this one.",
    );
    expect(refused({ person: member("slack:BEN", { standing: "bot" }) })[1]).toBe(
      "Bots may not decide reruns; a person must.",
    );
    expect(refused({ person: member("slack:BEN", { standing: "deactivated" }) })[1]).toBe(
      "This account is deactivated and may not decide reruns.",
    );
    expect(refused({ person: member("slack:DAN") })).toEqual([
      "not_approver",
      "You may not decide this rerun; nothing was changed.",
    ]);
    expect(refused({ person: member("slack:ANA") }, byAna)).toEqual([
      "is_requester",
      "You asked for this rerun, so somebody else must decide it.",
    ]);
    expect(refused({ digestFits: false })).toEqual([
      "digest_mismatch",
      "The stored plan is not the one that was shown; nothing was run. Ask for a new proposal.",
    ]);
    expect(refused({ guards: { refusal: "No." } })).toEqual([
      "not_allowed",
      "The policy does not allow this rerun now; nothing was run.",
    ]);
    expect(refused({ guards: { fourEyes: true } })).toEqual([
      "needs_second_person",
      "The policy asks for two people here: somebody else must ask for this rerun, then you can approve it.",
    ]);
    expect(freezeWords({ until: null, reason: "migration" })).toBe("Reruns are frozen: migration.");
  });

  it("at the command line is never one of two", () => {
    const person = member("cli:ben", { platform: "cli" });
    const named = ["cli:ben", "slack:BEN"];
    const never = [
      "needs_second_person",
      "The command line is never a second person; somebody must decide this in the chat or at the console.",
    ];
    expect(refused({ person, guards: { approvers: named } })).toEqual([undefined, undefined]);
    expect(refused({ person, guards: { approvers: named, quorum: 2 } })).toEqual(never);
    expect(refused({ person, guards: { approvers: named, fourEyes: true } })).toEqual(never);
    expect(refused({ person, guards: { approvers: named } }, byAna)).toEqual(never);
    expect(refused({ person, guards: { approvers: ["slack:BEN"] }, identityOf: () => "ben" })[0]).toBe("not_approver");
    expect(refused({ person, verdict: "denied", guards: { approvers: named, quorum: 2 } })[0]).toBeUndefined();
  });

  it("with four eyes needs nobody to ask where two approve", () => {
    const pair = { guards: { fourEyes: true, quorum: 2 } };
    const one = decided(proposalRow(), pair).proposal;
    expect(decided(one, { ...pair, person: member("slack:CLEO") }).proposal.state).toBe("approved");
  });
});

describe("breaking the glass", () => {
  const cleo = { person: member("slack:CLEO"), breakGlass: true, reason: "the board waits" };

  it("settles it alone, past freeze, quorum and four eyes, is announced and must be reviewed", () => {
    const row = proposalRow();
    const hurdles = { frozen: { until: null, reason: null }, guards: { quorum: 3, fourEyes: true, breakGlass: glass } };
    const { proposal, effects } = decided(row, { ...cleo, ...hurdles });
    expect(proposal).toMatchObject({
      state: "approved",
      decision: { personId: "slack:CLEO", breakGlass: { reviewBy: "2026-03-01T10:10:00.000Z" } },
    });
    expect(effects).toEqual([
      {
        do: "audit",
        actor: "slack:CLEO",
        action: "approved",
        detail: `approved the plan ${row.digest} by breaking the glass: the board waits`,
      },
      {
        do: "audit",
        actor: "pipewright",
        action: "review_due",
        detail: "Review of the broken glass is due by 2026-03-01T10:10:00.000Z",
      },
      { do: "announce" },
      { do: "act" },
      { do: "execute" },
      { do: "publish" },
    ]);
  });

  it("is open to who asked, if they are on its list, and to nobody else", () => {
    const guards = { breakGlass: glass };
    const byCleo = proposalRow({ askedBy: ["slack:CLEO"] });
    expect(decided(byCleo, { ...cleo, guards }).proposal.state).toBe("approved");
    expect(refused({ ...cleo, person: member("slack:BEN"), guards })).toEqual([
      "glass_not_theirs",
      "The policy does not let you break the glass; nothing was run.",
    ]);
    expect(refused({ ...cleo, guards: { breakGlass: null } })[0]).toBe("glass_not_theirs");
    expect(refused({ ...cleo, person: member("slack:CLEO", { standing: "guest" }), guards })[0]).toBe("guest");
  });

  it("needs a reason, a plan that was not touched, and one that is allowed and has not expired", () => {
    const guards = { breakGlass: glass };
    const words = "Breaking the glass needs a reason; nothing was run. Say why, then repeat.";
    expect(refused({ ...cleo, reason: null, guards })).toEqual(["reason_missing", words]);
    expect(refused({ ...cleo, reason: "  ", guards })).toEqual(["reason_missing", words]);
    expect(refused({ ...cleo, digestFits: false, guards })[0]).toBe("digest_mismatch");
    expect(refused({ ...cleo, guards: { ...guards, refusal: "No." } })[0]).toBe("not_allowed");
    expect(refused({ ...cleo, guards, now: new Date("2026-03-01T09:00:00Z") })[0]).toBe("expired");
  });

  it("is no way to deny", () => {
    const { proposal, effects } = decided(proposalRow(), { ...cleo, verdict: "denied", guards: { breakGlass: glass } });
    expect(proposal.state).toBe("denied");
    expect(proposal.decision).not.toHaveProperty("breakGlass");
    expect(effects.map((effect) => effect.do)).toEqual(["audit", "stand_down", "publish"]);
  });
});

describe("what nobody decided", () => {
  it("expires on the click that came too late, once", () => {
    const late = { now: new Date("2026-03-01T09:00:00Z") };
    const first = decided(proposalRow(), late);
    expect(first.proposal.state).toBe("expired");
    expect(first.effects).toEqual([
      { do: "audit", actor: "pipewright", action: "proposal_expired", detail: "Nobody decided in time" },
      { do: "publish" },
    ]);
    expect(decided(first.proposal, late)).toEqual({ proposal: first.proposal, effects: [], refusal: first.refusal });
    expect(first.refusal?.message).toBe(
      "This proposal has expired; nothing was run. Refresh it to get the plan of now.",
    );
  });

  it("is replaced or retired while it waits, and never after", () => {
    const event = { kind: "retire", state: "superseded", by: "pro_2", why: "Replaced by pro_2" } as const;
    const gone = transition(proposalRow(), event);
    expect(gone.proposal).toMatchObject({ state: "superseded", supersededBy: "pro_2" });
    expect(gone.effects).toEqual([
      { do: "audit", actor: "pipewright", action: "proposal_superseded", detail: "Replaced by pro_2" },
      { do: "publish" },
    ]);
    expect(transition(gone.proposal, event)).toEqual({ proposal: gone.proposal, effects: [], refusal: null });
    const ended = transition(proposalRow({ supersededBy: "pro_9" }), {
      kind: "retire",
      state: "expired",
      by: null,
      why: "It ended by itself",
    });
    expect(ended.proposal).toMatchObject({ state: "expired", supersededBy: "pro_9" });
    expect(ended.effects[0]).toMatchObject({ action: "proposal_expired" });
    expect(decided(gone.proposal).refusal).toEqual({
      kind: "superseded",
      message: "A newer plan has replaced this one; nothing was run. Decide the newer one.",
    });
  });

  it("takes everybody who asks, each once, while it waits", () => {
    const ask = (row: Proposal, personId: string) => transition(row, { kind: "ask", personId });
    const joined = ask(byAna, "slack:EVE");
    expect(joined).toMatchObject({ proposal: { askedBy: ["slack:EVE"] }, effects: [{ do: "publish" }], refusal: null });
    expect(ask(joined.proposal, "slack:EVE").proposal).toBe(joined.proposal);
    expect(ask(byAna, "slack:ANA").proposal).toBe(byAna);
    expect(ask(joined.proposal, "slack:FAY").proposal.askedBy).toEqual(["slack:EVE", "slack:FAY"]);
    const done = decided(proposalRow()).proposal;
    expect(ask(done, "slack:EVE").proposal).toBe(done);
  });

  it("says what became of it to who comes later", () => {
    const approved = decided(proposalRow()).proposal;
    expect(stateRefusal(approved, "approved", now)?.message).toBe(
      "This was already approved by BEN; your click changed nothing.",
    );
    const denied = decided(proposalRow(), { verdict: "denied" }).proposal;
    expect(stateRefusal(denied, "denied", now)?.message).toBe(
      "This was already denied by BEN; your click changed nothing.",
    );
    const execution = {
      state: "recovered",
      startedAt: null,
      endedAt: null,
      trail: [],
      outcome: "It went well.",
    } as const;
    expect(stateRefusal({ ...approved, state: "spent", execution }, "approved", now)?.message).toBe(
      "This was already approved by BEN; your click changed nothing. It went well.",
    );
    expect(stateRefusal(proposalRow({ state: "spent" }), "approved", now)?.message).toBe(
      "This was already approved; your click changed nothing.",
    );
  });
});

describe("what a card says that it waits for", () => {
  const facts = {
    guards: { approvers: ["slack:BEN", "slack:CLEO"], quorum: 2, fourEyes: false, breakGlass: glass },
    frozen: null,
    identityOf: (id: string) => id,
  };
  const waits = (row: Proposal, more: Partial<typeof facts.guards> = {}) =>
    waitingFor(row, { ...facts, guards: { ...facts.guards, ...more } });

  it("is how many approvals, whose there are, and whether the glass may be broken", () => {
    const one = decided(proposalRow(), { guards: { quorum: 2 } }).proposal;
    expect(waits(one)).toMatchObject({
      needed: 2,
      given: [{ personId: "slack:BEN" }],
      frozen: null,
      mayBreakGlass: true,
    });
    expect(waits(one, { breakGlass: { ...glass, people: [] } }).mayBreakGlass).toBe(false);
    expect(waits({ ...one, askedBy: ["slack:BEN"] }).given).toEqual([]);
  });

  it("offers no glass where nothing stands in the way", () => {
    expect(waits(proposalRow(), { quorum: 1 }).mayBreakGlass).toBe(false);
    expect(waits(proposalRow(), { quorum: 1, fourEyes: true }).mayBreakGlass).toBe(true);
    expect(waits(byAna, { quorum: 1, fourEyes: true }).mayBreakGlass).toBe(false);
    const frozen = { until: null, reason: null };
    const guards = { ...facts.guards, quorum: 1 };
    expect(waitingFor(proposalRow(), { ...facts, guards, frozen }).mayBreakGlass).toBe(true);
  });
});
