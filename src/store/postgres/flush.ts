import { rowJson, type TableName } from "../rows.js";
import { columnValue, matchColumns, momentOf } from "./columns.js";
import type { Session } from "./connection.js";
import type { Written } from "./transaction.js";

/** Writes a whole batch, a few statements for all of it; the id of the database's transaction, or null when nothing was written. */
export async function flush(client: Session, { changes, audit, auditSeq }: Written): Promise<string | null> {
  if (changes.size === 0 && audit.length === 0) return null;
  for (const [table, rows] of changes) {
    const deleted = [...rows].flatMap(([id, row]) => (row === null ? [id] : []));
    if (deleted.length > 0) await client.query(`delete from pipewright.${table} where id = any($1)`, [deleted]);
    await upsert(
      client,
      table,
      [...rows.values()].flatMap((row) => row ?? []),
    );
  }
  if (audit.length > 0) {
    const columns = Object.entries(matchColumns.audit);
    await client.query(
      `insert into pipewright.audit (seq, id, row, ${columns.map(([, column]) => column).join(", ")})
       select * from unnest($1::bigint[], $2::text[], $3::text[]${textArrays(4, columns.length)})`,
      [
        audit.map(({ seq }) => seq),
        audit.map(({ id }) => id),
        audit.map(rowJson),
        ...columns.map(([field]) => audit.map((row) => fieldOf(row, field))),
      ],
    );
  }
  const { rows } = await client.query<{ xid: string }>(
    "update pipewright.state set audit_seq = $1 returning pg_current_xact_id()::text as xid",
    [auditSeq + audit.length],
  );
  return rows[0]?.xid ?? null;
}

async function upsert(client: Session, table: TableName, rows: readonly { readonly id: string }[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries(matchColumns[table]);
  const names = ["row", "moment", ...columns.map(([, column]) => column)];
  await client.query(
    `insert into pipewright.${table} (id, ${names.join(", ")})
     select * from unnest($1::text[], $2::text[], $3::bigint[]${textArrays(4, columns.length)})
     on conflict (id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    [
      rows.map(({ id }) => id),
      rows.map(rowJson),
      rows.map((row) => momentOf(table, row)),
      ...columns.map(([field]) => rows.map((row) => fieldOf(row, field))),
    ],
  );
}

function textArrays(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `, $${first + index}::text[]`).join("");
}

function fieldOf(row: object, field: string): string | null {
  return columnValue((row as Record<string, unknown>)[field]);
}
