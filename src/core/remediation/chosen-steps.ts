import type { PlanStep } from "./plan.js";
import type { RerunRefusal } from "./rerun-refusal.js";

/** What the card says about a choice, in fixed sentences. */
export interface PlanReasons {
  readonly why: string;
  readonly risk: string | null;
}

/** The steps that suit a situation, or why there are none. */
export type ChosenSteps =
  | { readonly ok: true; readonly steps: readonly PlanStep[]; readonly reasons: PlanReasons }
  | ({ readonly ok: false } & RerunRefusal);

export function accept(steps: readonly PlanStep[], reasons: PlanReasons): ChosenSteps {
  return { ok: true, steps, reasons };
}

export function refuse(because: string, fix: string): { readonly ok: false } & RerunRefusal {
  return { ok: false, because, fix };
}
