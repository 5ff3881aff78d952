import type { UpstreamReason } from "../../core/errors.js";
import { parseJson } from "../json.js";

/** Databricks' codes say more than its statuses: a missing run is a 400, an ended token a 403. */
export function interpretDatabricks(status: number, body: string): UpstreamReason | null {
  if (status === 403 && /invalid access token|token (?:is |has )?expired/i.test(body)) return "unauthorized";
  if (status === 400 && body.includes("INVALID_PARAMETER_VALUE") && body.includes("does not exist")) return "not_found";
  if (status === 400 && body.includes("COULD_NOT_ACQUIRE_LOCK")) return "conflict";
  if (body.includes("RPC token bucket limit has been exceeded")) return "rate_limited";
  // The token endpoint speaks OAuth: a wrong client id or secret is a 400 or 401 with this word.
  return status === 400 && body.includes("invalid_client") ? "unauthorized" : null;
}

const sentences = ["message", "error_description", "errorSummary", "detail", "error"];

export function explainDatabricks(body: string): string | null {
  let fields: unknown;
  try {
    fields = parseJson(body);
  } catch {
    return body.trim() === "" ? null : body;
  }
  if (typeof fields !== "object" || fields === null) return null;
  const byName: Readonly<Record<string, unknown>> = { ...fields };
  const found = sentences.map((name) => byName[name]).find((value) => typeof value === "string" && value !== "");
  return typeof found === "string" ? found : null;
}
