import { zoneCalendar } from "../../src/compose/zone-calendar.js";
import type { Decision, Proposal } from "../../src/core/approval/proposal.js";
import { joinIdentities } from "../../src/core/identity.js";
import type { Person, Platform } from "../../src/core/person.js";
import type { Policy, Rule } from "../../src/core/remediation/rule.js";
import { createApprovals } from "../../src/flows/resolve-approval.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { memoryStore } from "../fixtures/memory-store.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposalRow } from "../unit/approval/proposal-row.js";

const platforms = ["slack", "teams", "console", "cli", "mcp"] as const;
const roles = [
  "approver",
  "alias of an approver",
  "requester",
  "alias of the requester",
  "joined asker",
  "has approved",
  "outsider",
  "guest",
  "stranger",
  "bot",
  "deactivated",
  "cannot be looked up",
  "may break the glass",
] as const;
const clicks = ["approve", "deny", "break glass", "break glass without reason"] as const;
const requesters = ["alert", "somebody", "a model"] as const;
const freezes = ["none", "begins this moment", "ended this moment"] as const;
/** How many must approve, and how many others have. */
const quorums = [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 0],
  [3, 1],
  [3, 2],
] as const;
const yesNo = [true, false] as const;

/** One click of one person on one proposal under one policy at one moment. */
export interface Cell {
  readonly platform: (typeof platforms)[number];
  readonly role: (typeof roles)[number];
  readonly click: (typeof clicks)[number];
  readonly requester: (typeof requesters)[number];
  readonly freeze: (typeof freezes)[number];
  readonly quorum: (typeof quorums)[number];
  readonly fourEyes: boolean;
  readonly forbidden: boolean;
  /** The last millisecond before the expiry, or the expiry itself. */
  readonly inTime: boolean;
  readonly touched: boolean;
}

export type Result = "approved" | "counted" | "denied" | "refused";

const dimensions = [platforms, roles, clicks, requesters, freezes, quorums, yesNo, yesNo, yesNo, yesNo] as const;
export const cellCount: number = dimensions.reduce((product, values) => product * values.length, 1);

export function cellAt(index: number): Cell {
  let rest = index;
  const next = <T>(values: readonly T[]): T => {
    const value = values[rest % values.length] as T;
    rest = Math.floor(rest / values.length);
    return value;
  };
  return {
    platform: next(platforms),
    role: next(roles),
    click: next(clicks),
    requester: next(requesters),
    freeze: next(freezes),
    quorum: next(quorums),
    fourEyes: next(yesNo),
    forbidden: next(yesNo),
    inTime: next(yesNo),
    touched: next(yesNo),
  };
}

/** Cells that can't stand in a store: somebody who approved and so filled the quorum, or who could never have approved. */
export function isPossible({ role, platform, quorum: [needed, given] }: Cell): boolean {
  return role !== "has approved" || (platform !== "cli" && platform !== "mcp" && given + 1 < needed);
}

/** What must happen, said in the words of the rules and not in those of the code. */
export function expected(cell: Cell): Result {
  const nobodies = ["guest", "stranger", "bot", "deactivated", "cannot be looked up"];
  if (nobodies.includes(cell.role) || cell.platform === "mcp" || !cell.inTime) return "refused";
  const asked = ["requester", "alias of the requester", "joined asker"].includes(cell.role);
  const soundPlan = !cell.touched && !cell.forbidden;
  if (cell.click.startsWith("break glass")) {
    const may = cell.role === "may break the glass" && cell.click === "break glass";
    return may && soundPlan ? "approved" : "refused";
  }
  const named =
    cell.role === "approver" ||
    cell.role === "has approved" ||
    (cell.role === "alias of an approver" && cell.platform !== "cli");
  if (asked || !named) return "refused";
  if (cell.click === "deny") return "denied";
  const [needed, given] = cell.quorum;
  const twoPeople = !cell.fourEyes || needed > 1 || cell.requester === "somebody";
  const seen = cell.platform !== "cli" || (needed === 1 && !cell.fourEyes && cell.requester === "alert");
  if (!soundPlan || cell.freeze === "begins this moment" || !twoPeople || !seen || cell.role === "has approved")
    return "refused";
  return given + 1 === needed ? "approved" : "counted";
}

export interface Outcome {
  readonly result: Result;
  /** What was left in the store does not fit the result. */
  readonly broken: string | null;
}

const now = new Date("2026-06-06T10:00:00Z");

/** The same click through the flow that people's clicks take. */
export async function outcomeOf(cell: Cell): Promise<Outcome> {
  const store = memoryStore();
  const me = personOf(cell);
  const row = rowOf(cell, me);
  await store.tx.proposals.put(row);
  await store.tx.incidents.put({ id: row.incidentId, state: "diagnosed" } as never);
  const known = joinIdentities(cell.role.startsWith("alias") ? [{ name: "Me", ids: [me.id, otherId] }] : []);
  let serial = 0;
  const approvals = createApprovals({
    store,
    lookUp: async (id) => {
      if (cell.role === "cannot be looked up") throw new Error("the platform does not answer");
      return id === me.id ? me : member(id);
    },
    policy: policyOf(cell, me),
    clock: { now: () => now, sleep: async () => undefined },
    ids: { next: (kind) => `${kind}_${++serial}` },
    digest: canonicalDigest,
    calendar: zoneCalendar,
    logger: silentLogger,
    proposals: { refresh: () => Promise.reject(new Error("not here")) },
    identities: { known, among: async () => known },
  });
  const breakGlass = cell.click.startsWith("break glass");
  const outcome = await approvals.decide({
    person: me,
    proposalId: row.id,
    verdict: cell.click === "deny" ? "denied" : "approved",
    reason: cell.click === "break glass" ? "the board waits" : null,
    breakGlass,
  });
  const after = await store.tx.proposals.get(row.id);
  const ordered = (await store.tx.outbox.find()).map(({ kind }) => kind);
  const result: Result =
    outcome.kind === "refused" ? "refused" : after?.state === "pending" ? "counted" : (after?.state as Result);
  return {
    result,
    broken: fault(
      result,
      ordered,
      store.audit.map(({ action }) => action),
      row,
      after,
    ),
  };
}

function fault(
  result: Result,
  ordered: readonly string[],
  audit: readonly string[],
  before: Proposal,
  after: Proposal | null,
): string | null {
  if (ordered.includes("execute") !== (result === "approved")) return `ordered ${ordered.join(", ") || "nothing"}`;
  const line = result === "refused" ? "decision_refused" : result === "denied" ? "denied" : "approved";
  if (!audit.includes(line)) return `audit ${audit.join(", ")}`;
  const added = (after?.decisions?.length ?? 0) - (before.decisions?.length ?? 0);
  return added === (result === "refused" ? 0 : 1) ? null : `${added} decisions`;
}

const otherId = "slack:OTHER-OF-ME";

function personOf({ platform, role }: Cell): Person {
  const standings = ["guest", "stranger", "bot", "deactivated"] as const;
  const standing = standings.find((one) => one === role) ?? "member";
  return { id: `${platform}:me`, platform, displayName: "Me", standing };
}

function member(id: string): Person {
  return { id, platform: id.split(":")[0] as Platform, displayName: id, standing: "member" };
}

function rowOf(cell: Cell, me: Person): Proposal {
  const expiresAt = new Date(now.getTime() + (cell.inTime ? 1 : 0)).toISOString();
  const blank = proposalRow();
  const own = cell.role === "requester" ? me.id : cell.role === "alias of the requester" ? otherId : null;
  const asker = own ?? { alert: null, somebody: "slack:RITA", "a model": "mcp:robot" }[cell.requester];
  const [needed] = cell.quorum;
  const plan: Proposal["plan"] = {
    ...blank.plan,
    requester: asker === null ? { kind: "alert" } : { kind: "person", id: asker, name: asker },
    matchedBy: { category: "network_transient", tags: [] },
    terms: { quorum: needed, expiresAt },
  };
  const row = proposalRow({ plan, expiresAt, askedBy: cell.role === "joined asker" ? [me.id] : [] });
  const decisions = [
    ...["teams:G1", "slack:G2"].slice(0, cell.quorum[1]),
    ...(cell.role === "has approved" ? [me.id] : []),
  ].map(
    (personId): Decision => ({
      verdict: "approved",
      personId,
      personName: personId,
      at: row.createdAt,
      reason: null,
      digest: row.digest,
    }),
  );
  return { ...row, decisions, ...(cell.touched ? { facts: { ...row.facts, risk: "none at all" } } : {}) };
}

function policyOf(cell: Cell, me: Person): Policy {
  const named = cell.role.startsWith("alias") ? otherId : me.id;
  const unnamed = cell.role === "outsider" || cell.role === "may break the glass";
  const approvers = ["teams:G1", "slack:G2", ...(unnamed ? [] : [named])];
  const [from, to] = cell.freeze === "begins this moment" ? ["10:00", "10:01"] : ["09:00", "10:00"];
  const rule: Rule = {
    name: "cell",
    connection: null,
    dag: null,
    approvers: null,
    quorum: cell.quorum[0],
    fourEyes: cell.fourEyes,
    maxReruns: null,
    perHours: null,
    coolDownMinutes: null,
    expiresMinutes: null,
    freeze:
      cell.freeze === "none" ? null : [{ days: [], from, to, timezone: "UTC", until: null, reason: "quarter's end" }],
    idempotent: null,
    allowed: cell.forbidden ? false : null,
  };
  return {
    version: "v1",
    approvers,
    rules: [rule],
    breakGlass: {
      people: cell.role === "may break the glass" ? [me.id] : ["slack:OWNER"],
      announce: null,
      reviewHours: 24,
    },
  };
}
