import type { ConnectionName } from "./airflow.js";
import type { CauseHistory } from "./cause-history.js";
import type { Failure } from "./failure.js";
import type { ModelReading } from "./model-reading.js";
import type { Verdict } from "./verdict.js";

export type IncidentState = "open" | "diagnosed" | "acting" | "verifying" | "recovered" | "closed";

/** One problem with one live thread; gathers the failures that share its fingerprint. */
export interface Incident {
  readonly id: string;
  /** Provisional until diagnosed, then final. */
  readonly fingerprint: string;
  readonly state: IncidentState;
  readonly connection: ConnectionName;
  /** `orders_daily / load_orders`. */
  readonly title: string;
  readonly dagId: string | null;
  readonly owner: string | null;
  readonly simulated: boolean;
  readonly failures: readonly Failure[];
  readonly verdict: Verdict | null;
  /** Downstream tasks that are blocked, by id, and how many instances. */
  readonly blocked: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** The one open proposal, when there is one. */
  readonly proposalId: string | null;
  /** Why no rerun is proposed, one sentence; null when one is or when it is not known yet. */
  readonly noRerunBecause: string | null;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly recoveredAt: string | null;
  readonly mutedUntil: string | null;
  /** An older incident with the same fingerprint that had recovered over 24 h before. */
  readonly earlierIncidentId: string | null;
  /** What changed since the last good run, at most five sentences, the most telling first. */
  readonly changes?: readonly string[];
  /** How earlier incidents of the same cause ended; null when none is known. */
  readonly history?: CauseHistory | null;
  /** What a model read beside the rules; absent when none was asked. */
  readonly reading?: ModelReading;
}
