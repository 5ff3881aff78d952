import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { isUnsent, withRequest } from "../../src/core/approval/execution.js";
import { decisionsOf, type Proposal } from "../../src/core/approval/proposal.js";
import { type ApprovalEffect, transition } from "../../src/core/approval/transition.js";
import { decisionFacts } from "../unit/approval/decision-facts.js";
import { member, proposalRow } from "../unit/approval/proposal-row.js";

/** Four humans on three platforms; Ana asked, Dan is not among the approvers, Cleo may break the glass. */
const humans = ["ANA", "BEN", "CLEO", "DAN", "EVE"] as const;
const platforms = ["slack", "teams", "console"] as const;
type Human = (typeof humans)[number];

const start = Date.parse("2026-03-01T08:00:00.000Z");
const expiry = 60 * 60_000;

/** What the rules say, as a person would keep the score: names on a sheet of paper. */
interface Sheet {
  state: "waiting" | "approved" | "denied" | "expired" | "replaced";
  approvals: Set<Human>;
  askers: Set<Human>;
  now: number;
  sent: boolean;
  quorum: number;
}

interface Real {
  row: Proposal;
  effects: ApprovalEffect[];
}

const humanOf = (id: string): string => id.split(":")[1] ?? id;
const factsAt = (sheet: Sheet, who: Human, platform: string) => ({
  person: member(`${platform}:${who}`),
  now: new Date(start + sheet.now),
  identityOf: humanOf,
  guards: {
    approvers: ["slack:ANA", "slack:BEN", "slack:CLEO", "slack:EVE"],
    quorum: sheet.quorum,
    breakGlass: { people: ["slack:CLEO"], announce: null, reviewHours: 24 },
  },
});

function apply(real: Real, step: ReturnType<typeof transition>): void {
  real.row = step.proposal;
  real.effects.push(...step.effects);
}

function agree(sheet: Sheet, real: Real): void {
  const words = {
    waiting: "pending",
    approved: "approved",
    denied: "denied",
    expired: "expired",
    replaced: "superseded",
  };
  equal(real.row.state, words[sheet.state]);
  const orders = real.effects.filter((effect) => effect.do === "execute").length;
  const settledOnce = sheet.state === "approved" || (sheet.state === "denied" && orders > 0);
  equal(orders, settledOnce ? 1 : 0);
  equal(real.row.decision === null, ["waiting", "expired", "replaced"].includes(sheet.state));
  const audited = real.effects.filter(
    (effect) => effect.do === "audit" && (effect.action === "approved" || effect.action === "denied"),
  );
  equal(audited.length, decisionsOf(real.row).length);
}

class Click implements fc.Command<Sheet, Real> {
  constructor(
    readonly who: Human,
    readonly platform: string,
    readonly verdict: "approved" | "denied",
    readonly glass: boolean,
  ) {}
  check = (): boolean => true;
  run(sheet: Sheet, real: Real): void {
    const before = real.row;
    const step = transition(real.row, {
      kind: "decide",
      facts: decisionFacts({
        ...factsAt(sheet, this.who, this.platform),
        verdict: this.verdict,
        breakGlass: this.glass,
        reason: this.glass ? "it burns" : null,
      }),
    });
    apply(real, step);
    const taken = this.take(sheet);
    equal(step.refusal === null, taken);
    if (!taken) deepEqual(decisionsOf(real.row), decisionsOf(before));
    agree(sheet, real);
  }
  private take(sheet: Sheet): boolean {
    const { who, verdict } = this;
    if (sheet.state === "waiting" && sheet.now >= expiry) sheet.state = "expired";
    const glass = this.glass && verdict === "approved";
    if (sheet.state === "approved" && verdict === "denied" && !sheet.sent && may(who) && !sheet.askers.has(who)) {
      sheet.state = "denied";
      return true;
    }
    if (sheet.state !== "waiting") return false;
    if (glass) {
      if (who !== "CLEO") return false;
      sheet.state = "approved";
      return true;
    }
    if (!may(who) || sheet.askers.has(who)) return false;
    if (verdict === "denied") {
      sheet.state = "denied";
      return true;
    }
    if (sheet.approvals.has(who)) return false;
    sheet.approvals.add(who);
    const counting = [...sheet.approvals].filter((human) => !sheet.askers.has(human));
    if (counting.length >= sheet.quorum) sheet.state = "approved";
    return true;
  }
  toString = (): string => `${this.who}@${this.platform} ${this.glass ? "glass " : ""}${this.verdict}`;
}

function may(who: Human): boolean {
  return who !== "DAN";
}

class Ask implements fc.Command<Sheet, Real> {
  constructor(
    readonly who: Human,
    readonly platform: string,
  ) {}
  check = (): boolean => true;
  run(sheet: Sheet, real: Real): void {
    apply(real, transition(real.row, { kind: "ask", personId: `${this.platform}:${this.who}` }));
    if (sheet.state === "waiting") sheet.askers.add(this.who);
    agree(sheet, real);
  }
  toString = (): string => `${this.who}@${this.platform} asks`;
}

class Wait implements fc.Command<Sheet, Real> {
  constructor(readonly ms: number) {}
  check = (): boolean => true;
  run(sheet: Sheet): void {
    sheet.now += this.ms;
  }
  toString = (): string => `wait ${this.ms} ms`;
}

class UntilTheLastMillisecond implements fc.Command<Sheet, Real> {
  check = (sheet: Readonly<Sheet>): boolean => sheet.now < expiry - 1;
  run(sheet: Sheet): void {
    sheet.now = expiry - 1;
  }
  toString = (): string => "wait until the last millisecond";
}

class Replace implements fc.Command<Sheet, Real> {
  check = (): boolean => true;
  run(sheet: Sheet, real: Real): void {
    apply(real, transition(real.row, { kind: "retire", state: "superseded", by: "pro_2", why: "Replaced by pro_2" }));
    if (sheet.state === "waiting") sheet.state = "replaced";
    agree(sheet, real);
  }
  toString = (): string => "replaced by a newer plan";
}

class Send implements fc.Command<Sheet, Real> {
  check = (sheet: Readonly<Sheet>): boolean => sheet.state === "approved" && !sheet.sent;
  run(sheet: Sheet, real: Real): void {
    equal(isUnsent(real.row), true);
    const request = { key: "0:clear", state: "intended", attempt: 1, intendedAt: "", settledAt: null } as const;
    real.row = withRequest(real.row, { ...request, before: [], answer: null });
    sheet.sent = true;
    equal(isUnsent(real.row), false);
  }
  toString = (): string => "the first request is written down";
}

class RaiseQuorum implements fc.Command<Sheet, Real> {
  constructor(readonly quorum: number) {}
  check = (sheet: Readonly<Sheet>): boolean => this.quorum > sheet.quorum;
  run(sheet: Sheet): void {
    sheet.quorum = this.quorum;
  }
  toString = (): string => `the policy now wants ${this.quorum}`;
}

const who = fc.constantFrom(...humans);
const where = fc.constantFrom(...platforms);
const approves = fc.tuple(who, where).map(([human, platform]) => new Click(human, platform, "approved", false));
const commands = fc.commands(
  [
    approves,
    approves,
    approves,
    fc.tuple(who, where).map(([human, platform]) => new Click(human, platform, "denied", false)),
    fc.tuple(who, where).map(([human, platform]) => new Click(human, platform, "approved", true)),
    fc.tuple(who, where).map(([human, platform]) => new Ask(human, platform)),
    fc.integer({ min: 0, max: 40 * 60_000 }).map((ms) => new Wait(ms)),
    fc.constant(new Wait(1)),
    fc.constant(new UntilTheLastMillisecond()),
    fc.constant(new Replace()),
    fc.constant(new Send()),
    fc.integer({ min: 1, max: 3 }).map((quorum) => new RaiseQuorum(quorum)),
  ],
  { maxCommands: 25 },
);

/** Any history goes as the sheet of paper says: distinct humans, deny wins, askers never count, to the millisecond. */
export const anyHistory = fc.property(
  commands,
  fc.integer({ min: 1, max: 3 }),
  fc.boolean(),
  (history, quorum, byAna) => {
    fc.modelRun(() => {
      const blank = proposalRow();
      const expiresAt = new Date(start + expiry).toISOString();
      const row = proposalRow({
        expiresAt,
        plan: {
          ...blank.plan,
          terms: { quorum, expiresAt },
          requester: byAna ? { kind: "person", id: "slack:ANA", name: "Ana" } : { kind: "alert" },
        },
      });
      const askers = new Set<Human>(byAna ? ["ANA"] : []);
      return {
        model: { state: "waiting", approvals: new Set(), askers, now: 0, sent: false, quorum } satisfies Sheet,
        real: { row, effects: [] },
      };
    }, history);
  },
);
