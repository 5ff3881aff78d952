/** What earlier incidents of the same cause teach. */
export interface CauseHistory {
  readonly times: number;
  /** `Seen 3 times before: twice a clear helped, once it went well without a rerun by Pipewright`, without a full stop. */
  readonly words: string;
  readonly lastAt: string;
  readonly lastIncidentId: string;
}
