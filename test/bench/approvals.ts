import { cellAt, cellCount, expected, isPossible, outcomeOf, type Result } from "./approver-matrix.js";
import type { Figure } from "./figure.js";
import { approvedRow, dice, isAccepted, withKeysReordered, withOneChange } from "./plan-binding.js";

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
