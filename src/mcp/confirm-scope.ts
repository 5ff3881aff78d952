import type { CallToolResult, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { RefusedByPolicy } from "../core/errors.js";
import { cutText } from "../tools/lookup/cut-text.js";
import { callTool, type ToolRoom } from "./call-tool.js";
import { errorResult } from "./tool-errors.js";

/** Asks the person at the client; rejects where nobody answers in time. */
export type AskPerson = (message: string) => Promise<ElicitResult["action"]>;

const longestTitle = 200;
const targets = ["what", "dag", "run", "task", "connection"] as const;

/**
 * Lets the person at the client confirm which failure a rerun is to be proposed for, before anything is written down. That
 * is no approval: it only keeps a model from asking people for the wrong thing. null: go on; else the refusal.
 */
export async function confirmScope(rawInput: unknown, ask: AskPerson, room: ToolRoom): Promise<CallToolResult | null> {
  const input = typeof rawInput === "object" && rawInput !== null ? (rawInput as Record<string, unknown>) : {};
  const about = await (typeof input["incident"] === "string"
    ? callTool("incident_get", { incident: input["incident"] }, room)
    : callTool("diagnose_failure", pick(input), room));
  // What can't be looked up is refused by the proposal itself, in its own words.
  if (about.isError === true) return null;
  const title = oneLine(about.structuredContent?.["title"]);
  const fixed = input["afterFix"] === true ? " It will be said that the cause was fixed." : "";
  const answer = await ask(
    `Ask people to approve a rerun for ${title}?${fixed} Nothing runs until one of them approves in chat or console.`,
  ).catch(() => "cancel" as const);
  if (answer === "accept") return null;
  const refusal = new RefusedByPolicy(
    "The person at this client did not confirm the scope; nothing was proposed.",
    "Ask them which failure they mean.",
  );
  return errorResult(refusal, room.redact);
}

function pick(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(targets.flatMap((key) => (input[key] === undefined ? [] : [[key, input[key]]])));
}

/** Titles hold ids from outside; none of them may look like a second question. */
function oneLine(title: unknown): string {
  return cutText(
    String(title ?? "")
      .replace(/\p{C}+|\s+/gu, " ")
      .trim(),
    longestTitle,
  );
}
