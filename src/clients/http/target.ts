import type { UpstreamReason } from "../../core/errors.js";

/** One configured system; requests go to its origin and nowhere else. */
export interface HttpTarget {
  /** `Airflow`, `Databricks`: the first word of every message. */
  readonly system: string;
  /** `airflow:prod`. */
  readonly connection: string;
  /** Scheme, host, and a path prefix where the deployment has one. */
  readonly baseUrl: string;
  /** What this system means by an answer, where the status alone misleads; null leaves it to the status. */
  readonly interpret?: (status: number, body: string) => UpstreamReason | null;
  /** The sentence inside an error body; null when there is none. */
  readonly explain?: (body: string) => string | null;
}

export interface HttpLimits {
  readonly connectMs: number;
  /** From sending to the whole answer, for `read` and `write`. */
  readonly totalMs: number;
  /** How long a read may wait for an answer to begin: people are to know of an outage within a minute, and of its end in half of one. */
  readonly answerMs: number;
  /** Longest silence of the server inside a stream, its start included. */
  readonly idleMs: number;
  /** How long an opened stream may wait for its reader: the logs of several tries are opened together and read in turn. */
  readonly unreadMs: number;
  readonly maxAnswerBytes: number;
  readonly maxStreamBytes: number;
  /** How often a read is tried in all. */
  readonly attempts: number;
  /** Longest pause that a server's Retry-After may ask for. */
  readonly maxRetryAfterMs: number;
}

export const defaultLimits: HttpLimits = {
  connectMs: 10_000,
  totalMs: 60_000,
  answerMs: 20_000,
  idleMs: 30_000,
  unreadMs: 600_000,
  // get-output may carry 5 MB of notebook output and 5 MB of logs, escaped.
  maxAnswerBytes: 48 * 1024 * 1024,
  maxStreamBytes: 1024 * 1024 * 1024,
  attempts: 4,
  maxRetryAfterMs: 30_000,
};

export interface Credentials {
  /** The setting to name when they are refused: `AIRFLOW_TOKEN`. */
  readonly setting: string;
  /** The Authorization header's value. */
  header(): Promise<string>;
  /** After a refusal: drops what was cached and reads the secret again; false when the same would be sent once more. */
  renew(): Promise<boolean>;
}
