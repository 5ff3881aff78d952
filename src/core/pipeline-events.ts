/** What a Databricks pipeline (DLT) wrote into its event log about one update. */
export interface PipelineEvent {
  readonly at: string | null;
  readonly updateId: string | null;
  /** `flow_progress`, `update_progress`, `create_update` … */
  readonly type: string;
  readonly level: string;
  /** The flow or table that it is about; null for the update as a whole. */
  readonly flow: string | null;
  readonly message: string;
  /** The chain of an error, the outermost first: `class_name` and message. */
  readonly exceptions: readonly { readonly type: string | null; readonly message: string }[];
  /** Expectations with records that failed them. */
  readonly broken: readonly { readonly expectation: string; readonly dataset: string; readonly failed: number }[];
}

/** Of events of several updates those of the last one; the events come in any order. */
export function lastUpdate(events: readonly PipelineEvent[]): readonly PipelineEvent[] {
  const ordered = events.toSorted((one, other) => (one.at ?? "").localeCompare(other.at ?? ""));
  const last = ordered.findLast((one) => one.updateId !== null)?.updateId ?? null;
  return ordered.filter((one) => one.updateId === last);
}
