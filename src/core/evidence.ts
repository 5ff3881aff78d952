/** A numbered quote. `source` is `log` or the name of the API body it stands in (`run_output`, `event_logs` …). */
export interface Evidence {
  readonly id: string;
  readonly source: string;
  /** 1-based line of the decoded log; null for other sources. */
  readonly line: number | null;
  /** The line exactly, secrets replaced; `…` marks a cut in a line of over 500 characters. */
  readonly text: string;
}
