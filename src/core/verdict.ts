import type { Evidence } from "./evidence.js";

export const categories = [
  "missing_upstream_data",
  "schema_drift",
  "data_quality",
  "transformation_error",
  "out_of_memory",
  "compute_failure",
  "infrastructure",
  "timeout",
  "dependency_failure",
  "permission",
  "network_transient",
  "quota_or_rate_limit",
  "configuration",
  "cancelled",
  "platform_bug",
  "unknown",
] as const;
export type Category = (typeof categories)[number];

export type RerunHelps = "yes" | "no" | "unsure";

/** A Databricks job run this failure is about. */
export interface JobRunLink {
  readonly runId: string;
  readonly url: string | null;
}

/** Another cause that was considered, and why it was not chosen. */
export interface Alternative {
  readonly category: Category;
  readonly signature: string | null;
  readonly why: string;
}

export interface Verdict {
  readonly outcome: "diagnosed" | "abstained" | "no_failure";
  /** null for `no_failure`, `unknown` for `abstained`. */
  readonly category: Category | null;
  readonly signature: string | null;
  readonly confidence: number;
  /** One sentence of at most 160 characters that names the object and whose move it is. */
  readonly summary: string;
  readonly rerunHelps: RerunHelps;
  readonly nextStep: string;
  /** E1 first: the one that shows the cause best. */
  readonly evidence: readonly Evidence[];
  readonly alternatives: readonly Alternative[];
  readonly databricksRuns: readonly JobRunLink[];
  /** What failed: a table, column, host, package, path, cluster …; null when nothing names it. */
  readonly object: string | null;
  /** The decisive exception with its variable parts replaced, for fingerprints; null when there is none. */
  readonly normalisedException: string | null;
  /** For upstream_failed: the first failed ancestor the cause was found in. */
  readonly failedAncestor: { readonly taskId: string; readonly mapIndex: number } | null;
  /** Secrets replaced in what was read. */
  readonly redactions: number;
  readonly warnings: readonly string[];
}

/** The word a card shows for a confidence. */
export function confidenceWord(confidence: number): "high" | "medium" | "low" {
  return confidence >= 0.8 ? "high" : confidence >= 0.5 ? "medium" : "low";
}

/** `compute_failure` as people read it: `compute failure`. */
export function categoryWords(category: Category): string {
  return category.replaceAll("_", " ");
}
