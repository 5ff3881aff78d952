import { type ApprovalEffect, transition } from "../../src/core/approval/transition.js";
import { decisionFacts } from "../unit/approval/decision-facts.js";
import { member, proposalRow } from "../unit/approval/proposal-row.js";

/** One click at a moment near the expiry. */
export interface EdgeCell {
  /** Milliseconds after the proposal's expiry. */
  readonly offset: number;
  readonly verdict: "approved" | "denied";
  readonly who: "approver" | "stranger" | "glass";
  readonly quorum: 1 | 2;
  /** Whether another approver has approved before. */
  readonly second: boolean;
}

export type EdgeResult = "approved" | "counted" | "denied" | "refused" | "expired";

const hour = 3_600_000;
const expiry = Date.parse("2026-03-01T09:00:00.000Z");
const offsets = [-hour, -60_000, -1_000, -2, -1, 0, 1, 2, 1_000, 60_000, hour, 365 * 24 * hour];

/** Every cell; the expiry is the first moment at which nothing can be decided any more. */
export const edgeCells: readonly EdgeCell[] = offsets.flatMap((offset) =>
  (["approved", "denied"] as const).flatMap((verdict) =>
    (["approver", "stranger", "glass"] as const).flatMap((who) =>
      ([1, 2] as const).flatMap((quorum) =>
        (quorum === 1 ? [false] : [false, true]).map((second) => ({ offset, verdict, who, quorum, second })),
      ),
    ),
  ),
);

/** By the rules as they are written for people. */
export function expectedAt({ offset, verdict, who, quorum, second }: EdgeCell): EdgeResult {
  if (offset >= 0) return "expired";
  if (who === "stranger") return "refused";
  if (verdict === "denied") return "denied";
  return who === "glass" || quorum === 1 || second ? "approved" : "counted";
}

/** What comes of it, and how often something is ordered to be carried out. */
export function outcomeAt(cell: EdgeCell): { readonly result: EdgeResult; readonly orders: number } {
  const blank = proposalRow();
  const expiresAt = new Date(expiry).toISOString();
  const plan = { ...blank.plan, terms: { quorum: cell.quorum, expiresAt } };
  const effects: ApprovalEffect[] = [];
  const click = (row: typeof blank, id: string, verdict: EdgeCell["verdict"], at: number, glass: boolean) => {
    const step = transition(row, {
      kind: "decide",
      facts: decisionFacts({
        verdict,
        person: member(id),
        now: new Date(at),
        breakGlass: glass,
        reason: glass ? "nobody else is awake" : null,
        guards: {
          approvers: ["slack:BEN", "slack:CLEO"],
          quorum: cell.quorum,
          breakGlass: { people: ["slack:CLEO"], announce: null, reviewHours: 24 },
        },
      }),
    });
    effects.push(...step.effects);
    return step;
  };
  let row = proposalRow({ expiresAt, plan });
  if (cell.second) row = click(row, "slack:CLEO", "approved", expiry - 2 * hour, false).proposal;
  const glass = cell.who === "glass" && cell.verdict === "approved";
  const person =
    cell.who === "stranger" ? "slack:DAN" : cell.who === "glass" && !cell.second ? "slack:CLEO" : "slack:BEN";
  const { proposal, refusal } = click(row, glass ? "slack:CLEO" : person, cell.verdict, expiry + cell.offset, glass);
  const orders = effects.filter((effect) => effect.do === "execute").length;
  if (refusal?.kind === "expired") return { result: "expired", orders };
  if (refusal !== null) return { result: "refused", orders };
  if (proposal.state === "pending") return { result: "counted", orders };
  return { result: proposal.state === "approved" ? "approved" : "denied", orders };
}
