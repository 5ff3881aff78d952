/** Errors say whose move it is. Each surface turns them into words once; none is ever shown as a stack trace. */

/** Every error of ours carries what a person should do next. */
export abstract class PipewrightError extends Error {
  abstract readonly code: string;
  constructor(
    message: string,
    readonly fix: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The caller's input can't be used; the caller must change it. */
export class InputError extends PipewrightError {
  readonly code = "input";
}

/** A setting is missing or wrong; whoever installed Pipewright must change it. */
export class ConfigError extends PipewrightError {
  readonly code = "config";
}

export type UpstreamReason =
  | "unreachable"
  | "timeout"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "server_error"
  | "bad_response"
  | "too_large"
  | "rejected";

/** Airflow, Databricks or a chat platform did not do what was asked. */
export class UpstreamError extends PipewrightError {
  readonly code = "upstream";
  constructor(
    message: string,
    fix: string,
    readonly reason: UpstreamReason,
    readonly retryable: boolean,
    /** True when the request may have had its effect although no answer came. */
    readonly ambiguous: boolean,
    readonly status: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(message, fix, options);
  }
}

/** A rule of the policy says no; the message says which and what was not done. */
export class RefusedByPolicy extends PipewrightError {
  readonly code = "refused";
}

/** The world moved on between card and click; nothing was done. */
export class StaleApproval extends PipewrightError {
  readonly code = "stale";
}

/** The sentence for a person: what happened, then what to do. */
export function explainError(error: unknown): string {
  if (error instanceof PipewrightError) return `${error.message} ${error.fix}`.trim();
  return "Something went wrong inside Pipewright; nothing was changed. The owner of this installation finds the details in its log.";
}
