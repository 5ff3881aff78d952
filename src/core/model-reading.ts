import type { Category } from "./verdict.js";

/** What a model read in an incident, as its thread shows it; only what was checked against what it had read. */
export interface ModelReading {
  /** `reading` while it goes on; `silent`: it proved nothing, or was stopped. */
  readonly state: "reading" | "answered" | "silent";
  readonly model: string;
  /** What a person asked; null: the rules were not sure. */
  readonly question: string | null;
  /** Tools it called, in order. */
  readonly steps: readonly string[];
  readonly claims: readonly {
    readonly text: string;
    readonly quotes: readonly { readonly from: string; readonly text: string }[];
  }[];
  /** Claims that nothing proved. */
  readonly dropped: number;
  readonly category: Category | null;
  readonly alternatives: readonly string[];
  readonly nextStep: string | null;
  /** Why there is no answer, in words; null when there is one or it is still being read. */
  readonly note: string | null;
  readonly spent: ModelSpent;
}

export interface ModelSpent {
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

export const nothingSpent: ModelSpent = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };
