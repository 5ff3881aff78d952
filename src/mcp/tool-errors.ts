import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import {
  ConfigError,
  explainError,
  InputError,
  PipewrightError,
  RefusedByPolicy,
  StaleApproval,
  UpstreamError,
  type UpstreamReason,
} from "../core/errors.js";

const metaKey = "pipewright/error";

/** A refused call in words, with what our own client needs to raise the same error again. */
export function errorResult(error: unknown, redact: (text: string) => string): CallToolResult {
  const text = redact(explainError(error));
  if (!(error instanceof PipewrightError)) return { isError: true, content: [{ type: "text", text }] };
  const upstream =
    error instanceof UpstreamError
      ? { reason: error.reason, retryable: error.retryable, ambiguous: error.ambiguous, status: error.status }
      : {};
  const meta = { code: error.code, message: redact(error.message), fix: redact(error.fix), ...upstream };
  return { isError: true, content: [{ type: "text", text }], _meta: { [metaKey]: meta } };
}

/** The error behind a refused call; text alone where the server is not ours. */
export function errorOf(result: { readonly _meta?: object | undefined; readonly content?: unknown }): Error {
  const meta = (result._meta as Record<string, unknown> | undefined)?.[metaKey] as Record<string, unknown> | undefined;
  const message = String(meta?.["message"] ?? "The call failed.");
  const fix = String(meta?.["fix"] ?? "");
  switch (meta?.["code"]) {
    case "input":
      return new InputError(message, fix);
    case "config":
      return new ConfigError(message, fix);
    case "refused":
      return new RefusedByPolicy(message, fix);
    case "stale":
      return new StaleApproval(message, fix);
    case "upstream": {
      const status = meta["status"];
      return new UpstreamError(
        message,
        fix,
        meta["reason"] as UpstreamReason,
        meta["retryable"] === true,
        meta["ambiguous"] === true,
        typeof status === "number" ? status : null,
      );
    }
    default:
      return new Error(firstText(result.content));
  }
}

function firstText(content: unknown): string {
  const [first] = Array.isArray(content) ? (content as readonly { readonly text?: unknown }[]) : [];
  return typeof first?.text === "string" ? first.text : "The tool failed without a word.";
}
