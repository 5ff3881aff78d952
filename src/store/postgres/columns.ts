import type { Incident } from "../../core/incident.js";
import type { Seen } from "../../core/store.js";
import type { AnyRow, TableName } from "../rows.js";

/** Fields that rows are found by, and the column each stands in; a search by any other field reads more rows and sifts them. */
export const matchColumns: Readonly<Record<TableName | "audit", Readonly<Record<string, string>>>> = {
  incidents: { fingerprint: "fingerprint", state: "state", connection: "connection", dagId: "dag_id" },
  proposals: { incidentId: "incident_id", state: "state" },
  outbox: { kind: "kind", subject: "subject" },
  marks: {},
  seen: {},
  messages: { subject: "subject", platform: "platform" },
  identities: { alias: "alias" },
  audit: { incidentId: "incident_id", proposalId: "proposal_id", actor: "actor", action: "action" },
};

/** An index entry must stay far below a third of an 8 KB page; longer values are told apart by the row itself. */
const longestIndexed = 400;

/** What stands in a match column; PostgreSQL's text can't hold U+0000. */
export function columnValue(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll("\0", "").slice(0, longestIndexed);
}

/** `where` of a search by top-level fields, as far as columns go; parameters are numbered behind those given. */
export function whereMatch(
  table: TableName | "audit",
  match: object | undefined,
  parameters: unknown[],
): readonly string[] {
  const conditions: string[] = [];
  for (const [field, wanted] of Object.entries(match ?? {})) {
    const column = matchColumns[table][field];
    if (column === undefined) continue;
    const value = columnValue(wanted);
    if (value === null) conditions.push(`${column} is null`);
    else conditions.push(`${column} = $${parameters.push(value)}`);
  }
  return conditions;
}

/** When a row ended (an incident) or was seen, in ms; null for all others and for what still lives. */
export function momentOf(table: TableName, row: AnyRow): number | null {
  if (table === "seen") return Date.parse((row as Seen).at);
  if (table !== "incidents") return null;
  const { state, recoveredAt, updatedAt } = row as Incident;
  if (state !== "recovered" && state !== "closed") return null;
  return Math.max(Date.parse(recoveredAt ?? updatedAt), Date.parse(updatedAt));
}
