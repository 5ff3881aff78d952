import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "@anthropic-ai/sdk";
import { UpstreamError, type UpstreamReason } from "../../core/errors.js";

interface Said {
  readonly what: string;
  readonly fix: string;
  readonly reason: UpstreamReason;
  readonly retryable: boolean;
}

const byStatus: Readonly<Record<number, Said>> = {
  401: said("refused the key", "Check ANTHROPIC_API_KEY.", "unauthorized"),
  403: said("does not allow this key to use the model", "Check the key's workspace and its models.", "forbidden"),
  404: said("does not know the model", "Check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL.", "not_found"),
  413: said("finds the request too large", "Lower claude.max_input_tokens.", "too_large"),
  429: said("asks for patience", "It is tried again later; or raise the limits of the account.", "rate_limited", true),
};

/** What the SDK threw, as an UpstreamError; words of the API are not passed on. */
export function modelError(error: unknown, wasCancelled: boolean): unknown {
  if (error instanceof UpstreamError) return error;
  const words = wordsFor(error, wasCancelled);
  if (words === null) return error;
  const status = error instanceof APIError ? (error.status ?? null) : null;
  return new UpstreamError(`Claude ${words.what}.`, words.fix, words.reason, words.retryable, false, status, {
    cause: error,
  });
}

function wordsFor(error: unknown, wasCancelled: boolean): Said | null {
  if (wasCancelled || error instanceof APIUserAbortError) return said("was stopped", "", "timeout");
  if (error instanceof APIConnectionTimeoutError) return said("did not answer in time", later, "timeout", true);
  if (error instanceof APIConnectionError) return said("can't be reached", later, "unreachable", true);
  if (!(error instanceof APIError)) return null;
  const known = error.status === undefined ? undefined : byStatus[error.status];
  if (known !== undefined) return known;
  if (error.status === undefined || error.status >= 500)
    return said("has a fault of its own", later, "server_error", true);
  return said(
    `refused the request (${error.status})`,
    "The owner of this installation finds it in the log.",
    "rejected",
  );
}

const later = "It is asked again with the next failure.";

function said(what: string, fix: string, reason: UpstreamReason, retryable = false): Said {
  return { what, fix, reason, retryable };
}
