import type { DecisionFacts } from "../../../src/core/approval/decider.js";
import { member } from "./proposal-row.js";

/** Ben approves ten minutes after the proposal; Ben, Cleo and Ana may. */
export function decisionFacts({ guards, ...more }: PartialFacts = {}): DecisionFacts {
  return {
    verdict: "approved",
    person: member("slack:BEN"),
    reason: null,
    guards: {
      approvers: ["slack:BEN", "slack:CLEO", "slack:ANA"],
      refusal: null,
      quorum: 1,
      fourEyes: false,
      breakGlass: null,
      ...guards,
    },
    frozen: null,
    digestFits: true,
    now: new Date("2026-03-01T08:10:00Z"),
    identityOf: (id) => id,
    ...more,
  };
}

export type PartialFacts = Partial<Omit<DecisionFacts, "guards">> & {
  readonly guards?: Partial<DecisionFacts["guards"]>;
};
