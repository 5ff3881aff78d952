import { webApi } from "@slack/bolt";
import { UpstreamError } from "../../src/core/errors.js";

const tokenErrors = ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"];
const channelErrors = ["channel_not_found", "not_in_channel", "is_archived"];
const passing = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

/** True where a new token may help: the secret is read again and the call made once more. */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof webApi.WebAPIPlatformError && tokenErrors.includes(error.data.error);
}

/** Slack's own word for what went wrong, or null when it did not answer in its way. */
export function slackErrorCode(error: unknown): string | null {
  const cause = error instanceof UpstreamError ? error.cause : error;
  return cause instanceof webApi.WebAPIPlatformError ? cause.data.error : null;
}

/** Whatever a call threw, as an error that says whose move it is. */
export function toUpstreamError(method: string, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return upstream(`Slack is limiting ${method}.`, "Nothing to do: it is sent again later.", "rate_limited", error);
  }
  if (error instanceof webApi.WebAPIPlatformError) return refused(method, error);
  if (error instanceof webApi.WebAPIHTTPError) {
    const known = error.statusCode >= 500 ? "server_error" : "bad_response";
    return upstream(
      `Slack answered ${method} with HTTP ${error.statusCode}.`,
      "It is tried again; if it stays, see status.slack.com.",
      known,
      error,
    );
  }
  if (error instanceof webApi.WebAPIRequestError) {
    // A connection that was never made had no effect; anything later may have had one.
    const unmade = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(causeWords(error.original));
    return new UpstreamError(
      `Slack could not be reached for ${method}.`,
      "Check this machine's network and SLACK_API_URL; it is tried again.",
      "unreachable",
      true,
      !unmade,
      null,
      { cause: error },
    );
  }
  return upstream(
    `Slack answered ${method} in a way that makes no sense.`,
    "Check SLACK_API_URL.",
    "bad_response",
    error,
  );
}

function refused(method: string, error: webApi.WebAPIPlatformError): UpstreamError {
  const code = error.data.error.slice(0, 80);
  if (tokenErrors.includes(code)) {
    return upstream(
      `Slack refused the bot token (${code}).`,
      "Put a valid token into SLACK_BOT_TOKEN.",
      "unauthorized",
      error,
    );
  }
  if (code === "missing_scope") {
    const needed = "needed" in error.data ? String(error.data.needed).slice(0, 80) : "a scope";
    return upstream(
      `The Slack app lacks ${needed} for ${method}.`,
      "Install the app again from manifests/slack.yaml.",
      "forbidden",
      error,
    );
  }
  if (channelErrors.includes(code)) {
    return upstream(
      `Slack has no channel for Pipewright there (${code}).`,
      "Invite the app to the channel, or correct SLACK_CHANNEL to the channel's id.",
      "not_found",
      error,
    );
  }
  if (passing.includes(code)) {
    return upstream(`Slack failed at ${method} (${code}).`, "It is tried again.", "server_error", error);
  }
  return upstream(
    `Slack refused ${method} (${code}).`,
    "See the error's name in Slack's API documentation.",
    "rejected",
    error,
  );
}

function upstream(message: string, fix: string, reason: UpstreamError["reason"], cause: unknown): UpstreamError {
  const retryable = reason === "rate_limited" || reason === "server_error";
  return new UpstreamError(
    message,
    fix,
    reason,
    retryable,
    reason === "server_error" || reason === "bad_response",
    null,
    { cause },
  );
}

function causeWords(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : null;
  return `${error.message} ${cause?.message ?? ""} ${cause !== null && "code" in cause ? String(cause.code) : ""}`;
}
