import fc from "fast-check";
import { cellAt, cellCount, expected, isPossible, outcomeOf, type Result } from "./approver-matrix.js";
import { tamper } from "./audit-tampering.js";
import { edgeCells, expectedAt, outcomeAt } from "./expiry-edges.js";
import type { Figure } from "./figure.js";
import { approvedRow, dice, isAccepted, withKeysReordered, withOneChange } from "./plan-binding.js";
import { anyHistory } from "./quorum-histories.js";

/** Every click of everybody under every policy, against an oracle that was written from the rules. */
export async function benchApprovers(): Promise<Figure> {
  const seen: Record<Result, number> = { approved: 0, counted: 0, denied: 0, refused: 0 };
  let wrong = 0;
  for (let index = 0; index < cellCount; index += 1) {
    const cell = cellAt(index);
    if (!isPossible(cell)) continue;
    const { result, broken } = await outcomeOf(cell);
    seen[result] += 1;
    if (result !== expected(cell) || broken !== null) wrong += 1;
  }
  const cells = Object.values(seen).reduce((sum, count) => sum + count, 0);
  const results = Object.entries(seen).map(([result, count]) => `${count} ${result}`);
  return {
    name: "approver identities x policies x windows x quorums x platforms",
    measured: `${cells} cells, ${wrong} wrong (${results.join(", ")})`,
    target: "every cell right",
  };
}

export async function benchPlanBinding(): Promise<Figure> {
  const roll = dice(20_260_301);
  const plans = 50_000;
  let ran = 0;
  let accepted = 0;
  for (let index = 0; index < plans; index += 1) {
    const row = approvedRow(roll);
    if (isAccepted(withOneChange(row, roll))) ran += 1;
    if (isAccepted(withKeysReordered(row, roll))) accepted += 1;
  }
  return {
    name: "plans with one field changed after approval",
    measured: `${plans} tried, ${ran} run; with keys reordered ${accepted} of ${plans} accepted`,
    target: "50000 tried, 0 run; 100 % accepted",
  };
}

export async function benchQuorumHistories(): Promise<Figure> {
  const numRuns = 20_000;
  const { failed, numRuns: ran } = fc.check(anyHistory, { numRuns, seed: 20_260_301, endOnFailure: true });
  return {
    name: "histories of clicks, askers, waits and replacements against a sheet of paper (fast-check model)",
    measured: `${ran} histories of up to 25 steps, ${failed ? "one is wrong" : "0 wrong"}`,
    target: `${numRuns} histories, 0 wrong`,
  };
}

export async function benchExpiryEdges(): Promise<Figure> {
  let wrong = 0;
  let late = 0;
  for (const cell of edgeCells) {
    const { result, orders } = outcomeAt(cell);
    if (result !== expectedAt(cell)) wrong += 1;
    if (cell.offset >= 0 && orders > 0) late += 1;
  }
  return {
    name: "clicks around the expiry, to the millisecond",
    measured: `${edgeCells.length} cells, ${wrong} wrong, ${late} carried out at or after the expiry`,
    target: "every cell right, 0 carried out at or after the expiry",
  };
}

export async function benchAuditTampering(): Promise<Figure> {
  const { found, behind, cuts } = tamper();
  const kinds = [...found].map(([kind, count]) => `${kind} ${count.found} of ${count.tried}`);
  return {
    name: "tampered audit chains",
    measured: `${kinds.join(", ")}; behind the last anchor: ${behind.found} of ${behind.tried} edits found, ${cuts.unseen} of ${cuts.tried} cuts unseen`,
    target: "100 % found before the last anchor; a cut behind it can't be seen",
  };
}
