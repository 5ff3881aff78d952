import { UpstreamError, type UpstreamReason } from "../../core/errors.js";
import type { HttpTarget } from "./target.js";

/** Turns answers and broken connections into UpstreamError: who, what happened, whose move it is. */
export interface Refusals {
  /** `body` is null when it was a web page. */
  status(status: number, body: string | null, call: { writing: boolean; setting: string | null }): UpstreamError;
  network(error: unknown, writing: boolean): UpstreamError;
  redirect(location: string, status: number): UpstreamError;
  html(status: number, writing: boolean): UpstreamError;
  unreadable(why: string, status: number, writing: boolean): UpstreamError;
  tooLarge(bytes: number, writing: boolean): UpstreamError;
  timeout(ms: number, writing: boolean): UpstreamError;
}

const longestDetail = 300;
/** Errors of connections that were never there: nothing was sent. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CONNECT_TIMEOUT",
  "ERR_INVALID_URL",
]);

export function createRefusals(target: HttpTarget, redact: (text: string) => string): Refusals {
  const who = `${target.system} ${target.connection}`;
  const host = new URL(target.baseUrl).host;

  function fail(
    message: string,
    fix: string,
    reason: UpstreamReason,
    more: { retryable?: boolean; ambiguous?: boolean; status?: number; cause?: unknown } = {},
  ): UpstreamError {
    const options = more.cause === undefined ? undefined : { cause: more.cause };
    const { retryable = false, ambiguous = false, status = null } = more;
    return new UpstreamError(redact(`${who} ${message}`), fix, reason, retryable, ambiguous, status, options);
  }

  return {
    status(status, body, { writing, setting }) {
      const reason = (body === null ? null : target.interpret?.(status, body)) ?? reasonOf(status);
      if (body === null && reason === "not_found")
        return fail(
          `answered that it has no such page (${status}), not in the words of its API.`,
          `Check the connection's address: ${host} may be another program, or the path in front may be missing.`,
          "not_found",
          { status },
        );
      const said = body === null ? null : (target.explain?.(body) ?? null);
      const detail = said === null || said === "" ? "" : `: ${tidy(said)}`;
      return fail(`${verbs[reason]} (${status})${detail}.`, fixFor(reason, setting, who), reason, {
        retryable: passing.has(reason),
        ambiguous: writing && reason === "server_error",
        status,
      });
    },
    network(error, writing) {
      const code = codeOf(error);
      const sent = !neverSent.has(code) && !isTlsFailure(code);
      if (isTlsFailure(code))
        return fail(
          `at ${host} has a certificate that is not trusted (${code}).`,
          "Set NODE_EXTRA_CA_CERTS to your company's certificate authority, or have the certificate renewed.",
          "unreachable",
          { cause: error },
        );
      return fail(
        sent
          ? `closed the connection before its answer was complete (${code}).`
          : `can't be reached at ${host} (${code}).`,
        `Check that ${host} is up and reachable from here; Pipewright tries again by itself.`,
        sent ? "bad_response" : "unreachable",
        { retryable: true, ambiguous: writing && sent, cause: error },
      );
    },
    redirect(location, status) {
      const to = hostOf(location, target.baseUrl);
      if (location.includes("private-link"))
        return fail(
          `refused us: the workspace can only be reached over its private link (${status}).`,
          "Ask the workspace's administrator for network access from this machine.",
          "forbidden",
          { status },
        );
      if (/log[-_]?in|sign[-_]?in|oauth|saml|sso/i.test(location))
        return fail(
          `sent us to a login page (${status}, ${to}).`,
          "A sign-in proxy stands in front of it: ask its administrator for an address or token that programs may use.",
          "unauthorized",
          { status },
        );
      return fail(
        `answered with a redirect to ${to} (${status}), which is not followed.`,
        "Set the connection's address to where it redirects, if that is right.",
        "bad_response",
        { status },
      );
    },
    html(status, writing) {
      return fail(
        `answered with a web page where JSON is expected (${status}).`,
        `Check the connection's address: ${host} may be a login page, a proxy or another program.`,
        "bad_response",
        { status, ambiguous: writing },
      );
    },
    unreadable(why, status, writing) {
      return fail(
        `gave an answer that Pipewright can't read: ${tidy(why)} (${status}).`,
        "If the server was upgraded lately, look for a newer Pipewright; else ask its administrator.",
        "bad_response",
        { status, ambiguous: writing },
      );
    },
    tooLarge(bytes, writing) {
      return fail(
        `sent more than ${Math.round(bytes / 1024 / 1024)} MB in one answer; the rest was not read.`,
        "Look at it in the system itself.",
        "too_large",
        { ambiguous: writing },
      );
    },
    timeout(ms, writing) {
      return fail(
        `did not answer within ${Math.round(ms / 1000)} s.`,
        `Check that ${host} is healthy; Pipewright tries again by itself.`,
        "timeout",
        { retryable: true, ambiguous: writing },
      );
    },
  };
}

const passing: ReadonlySet<UpstreamReason> = new Set(["rate_limited", "server_error", "conflict"]);

const verbs: Readonly<Record<UpstreamReason, string>> = {
  unreachable: "can't be reached",
  timeout: "took too long",
  unauthorized: "refused the credentials",
  forbidden: "does not allow this to our account",
  not_found: "does not know this",
  conflict: "is busy with another change",
  rate_limited: "asks to slow down",
  server_error: "has an error of its own",
  bad_response: "gave an answer that Pipewright can't read",
  too_large: "sent too much",
  rejected: "rejected the request",
};

function fixFor(reason: UpstreamReason, setting: string | null, who: string): string {
  switch (reason) {
    case "unauthorized":
      return setting === null
        ? `Ask the administrator of ${who} for credentials.`
        : `Put valid credentials into ${setting}, or ask the administrator of ${who} for them.`;
    case "forbidden":
      return `Ask the administrator of ${who} to grant the missing permission${setting === null ? "" : ` to the account of ${setting}`}.`;
    case "not_found":
      return "Check the id; it may have been deleted or renamed.";
    case "conflict":
    case "rate_limited":
      return "Nobody needs to act: Pipewright tries again later.";
    case "server_error":
      return `Ask the administrator of ${who} to look at its log; Pipewright tries again by itself.`;
    default:
      return `Ask the administrator of ${who} when it stays so.`;
  }
}

function reasonOf(status: number): UpstreamReason {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not_found";
  if (status === 409) return "conflict";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "server_error" : "rejected";
}

/** One bounded line without control characters. */
function tidy(text: string): string {
  const line = text
    .slice(0, 4 * longestDetail)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/\.$/, "");
  return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line;
}

export function codeOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return "connection lost";
}

function isTlsFailure(code: string): boolean {
  return code.startsWith("ERR_TLS_") || code.includes("CERT") || code.includes("SELF_SIGNED") || code === "EPROTO";
}

function hostOf(location: string, base: string): string {
  try {
    return new URL(location, base).host;
  } catch {
    return "an address that can't be read";
  }
}
