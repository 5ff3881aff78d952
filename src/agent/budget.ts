import type { ModelUse } from "../core/model.js";
import type { ModelSpent } from "../core/model-reading.js";

/** What one incident may cost, and what a million tokens cost. */
export interface ModelBudget {
  readonly mostTurns: number;
  readonly mostInputTokens: number;
  readonly mostSeconds: number;
  readonly mostUsd: number;
  readonly usdPerMillionInput: number;
  readonly usdPerMillionOutput: number;
}

/** The API's own ratio: what is read from the cache costs a tenth. */
const cachedShare = 0.1;
const million = 1_000_000;

export function spend(before: ModelSpent, use: ModelUse, budget: ModelBudget): ModelSpent {
  const paidInput = use.input - use.cached * (1 - cachedShare);
  return {
    turns: before.turns + 1,
    inputTokens: before.inputTokens + use.input,
    outputTokens: before.outputTokens + use.output,
    usd: before.usd + (paidInput * budget.usdPerMillionInput + use.output * budget.usdPerMillionOutput) / million,
  };
}

/** Why nothing more may be asked, in words; null while something may. */
export function usedUp(spent: ModelSpent, budget: ModelBudget): string | null {
  if (spent.turns >= budget.mostTurns) return `it had asked ${spent.turns} times`;
  if (spent.inputTokens >= budget.mostInputTokens) return `it had read ${spent.inputTokens} tokens`;
  if (spent.usd >= budget.mostUsd) return `it had cost $${spent.usd.toFixed(2)}`;
  return null;
}
