import type { UpstreamReason } from "../../core/errors.js";
import { parseJson } from "../json.js";

/** Airflow 3 answers 403, not 401, to a token that ended or was signed with another key. */
export function interpretAirflow(status: number, body: string): UpstreamReason | null {
  return status === 403 && body.includes("Invalid JWT token") ? "unauthorized" : null;
}

/** `detail` is a sentence, a list of field errors (422), or an object with a reason (409); Airflow 2 gives a title beside it. */
export function explainAirflow(body: string): string | null {
  const fields = asObject(tryJson(body));
  // Airflow 2 tells an unknown user no more than one who lacks a role.
  if (fields?.["title"] === "Forbidden" && fields["detail"] === null)
    return "Forbidden, which Airflow 2 also says to a wrong name or password";
  const detail = fields?.["detail"] ?? fields?.["error"] ?? fields?.["title"];
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map(fieldError).join("; ");
  const reason = asObject(detail)?.["reason"];
  return typeof reason === "string" ? reason : null;
}

function fieldError(item: unknown): string {
  const { loc, msg } = asObject(item) ?? {};
  const where = Array.isArray(loc) ? loc.map(String).join(".") : "";
  return where === "" ? String(msg) : `${where}: ${String(msg)}`;
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
