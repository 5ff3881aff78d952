import type { AuditRow } from "../../core/audit/event.js";
import { type AnyRow, freezeRow, rowJson, type TableName, tableNames } from "../rows.js";

/** Tables whose old rows move to the archive file. */
export const archivedTables = ["incidents", "proposals", "messages", "audit"] as const;
export type ArchivedTable = (typeof archivedTables)[number];

/** What is kept in memory and written whole at every commit. */
export interface HotData {
  readonly tables: Record<TableName, Map<string, AnyRow>>;
  audit: AuditRow[];
  auditSeq: number;
  /** Archived rows that were deleted since, as `table/id`. */
  readonly gone: Set<string>;
}

export function emptyHotData(): HotData {
  return {
    tables: {
      incidents: new Map(),
      proposals: new Map(),
      outbox: new Map(),
      marks: new Map(),
      seen: new Map(),
      messages: new Map(),
      identities: new Map(),
    },
    audit: [],
    auditSeq: 0,
    gone: new Set(),
  };
}

/** One JSON document, one row a line, so that a person can read and compare it. */
export function stringifyHotData(data: HotData): string {
  const parts = [`{"format":1,"auditSeq":${data.auditSeq},"gone":${JSON.stringify([...data.gone])}`];
  for (const name of tableNames) parts.push(`"${name}":${listJson(data.tables[name].values())}`);
  parts.push(`"audit":${listJson(data.audit)}`);
  return `${parts.join(",\n")}}\n`;
}

function listJson(rows: Iterable<AnyRow>): string {
  const lines: string[] = [];
  for (const row of rows) lines.push(rowJson(row));
  return lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n]`;
}

/** Throws when the text is not a whole store of this format. */
export function parseHotData(text: string): HotData {
  const value = JSON.parse(text) as Record<string, unknown>;
  if (value["format"] !== 1 || typeof value["auditSeq"] !== "number") throw new Error("not a store of format 1");
  const data = emptyHotData();
  for (const name of tableNames) {
    // Stores of version 0.1 have no identities yet.
    const rows = name === "identities" ? (value[name] ?? []) : value[name];
    for (const row of rowsOf(rows)) data.tables[name].set(row.id, freezeRow(row));
  }
  data.audit = rowsOf(value["audit"]).map((row) => freezeRow(row as AuditRow));
  data.auditSeq = value["auditSeq"];
  for (const key of listOf(value["gone"])) data.gone.add(String(key));
  return data;
}

function rowsOf(value: unknown): AnyRow[] {
  return listOf(value).map((row) => {
    if (typeof row !== "object" || row === null || !("id" in row) || typeof row.id !== "string") {
      throw new Error("a row without an id");
    }
    return row as AnyRow;
  });
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error("a list is missing");
  return value;
}
