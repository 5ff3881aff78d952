import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { InputError } from "../core/errors.js";

/** Far above what any tool returns; a result beyond it would only be thrown away by the client. */
const mostCharacters = 100_000;

/** Every text of a value with its secrets replaced; keys are ours. */
function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((entry) => redactDeep(entry, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, redactDeep(entry, redact)]));
}

/** A handler's output as MCP carries it: structured, and the same as JSON text for clients that read only text. */
export function toToolResult(
  output: Readonly<Record<string, unknown>>,
  redact: (text: string) => string,
): CallToolResult {
  const structuredContent = redactDeep(output, redact) as Record<string, unknown>;
  const text = JSON.stringify(structuredContent);
  if (text.length > mostCharacters) {
    throw new InputError("The answer is too large to send.", "Ask for less: a lower limit, one run, or a line range.");
  }
  return { structuredContent, content: [{ type: "text", text }] };
}
