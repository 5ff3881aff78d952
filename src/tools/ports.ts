import type { Proposal } from "../core/approval/proposal.js";
import type { Failure } from "../core/failure.js";
import type { Incident } from "../core/incident.js";
import type { Requester } from "../core/person.js";
import type { Clock, Connections, LogAnalyzer } from "../core/ports.js";

/** Making a proposal: a plan that waits for people. Implemented by flows, wired in compose. */
export interface Proposals {
  /** Returns the open proposal of the incident when there is one; refuses with a reason when no rerun can help. */
  propose(request: {
    readonly incidentId: string;
    readonly requester: Requester;
    readonly afterFix: boolean;
  }): Promise<Proposal>;
  get(proposalId: string): Promise<Proposal | null>;
  /** Every proposal of an incident, newest first. */
  ofIncident(incidentId: string): Promise<readonly Proposal[]>;
}

/** Incidents as the store has them. */
export interface Incidents {
  get(incidentId: string): Promise<Incident | null>;
  list(filter: { readonly state?: Incident["state"]; readonly dagId?: string }): Promise<readonly Incident[]>;
  /** Finds or opens the incident of a failure somebody asks about before a poll has met it. */
  openFor?(failure: Failure): Promise<Incident>;
}

/** The world as tools reach it. No member writes to Airflow or Databricks. */
export interface ToolPorts {
  readonly connections: Connections;
  readonly analyzer: LogAnalyzer;
  readonly incidents: Incidents;
  readonly proposals: Proposals;
  readonly clock: Clock;
  /** Set where a call belongs to one user (MCP over stdio or HTTP); null inside. */
  readonly requester: Requester;
}
