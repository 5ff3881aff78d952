/** One line of the audit: who decided or did what, in the transaction it describes. */
export interface AuditRow {
  readonly id: string;
  /** Monotonic within a store. */
  readonly seq: number;
  readonly at: string;
  /** A person's id (`slack:U02BOB`), `alert`, or `pipewright`. */
  readonly actor: string;
  readonly action: AuditAction;
  readonly incidentId: string | null;
  readonly proposalId: string | null;
  readonly detail: string;
}

export type AuditAction =
  | "incident_opened"
  | "incident_reopened"
  | "incident_joined"
  | "proposal_made"
  | "proposal_refused"
  | "proposal_superseded"
  | "proposal_expired"
  | "approved"
  | "denied"
  | "decision_refused"
  | "review_due"
  | "execution_started"
  | "request_sent"
  | "request_settled"
  | "execution_ended"
  | "incident_recovered"
  | "incident_closed"
  | "muted"
  | "values_shown"
  | "person_purged";
