import type { AuditRow } from "../../core/audit/event.js";
import type { Ids } from "../../core/ports.js";
import type { StoreTx, Table } from "../../core/store.js";
import { type AnyRow, freezeRow, matches, type RowOf, type TableName } from "../rows.js";
import { whereMatch } from "./columns.js";
import type { Session } from "./connection.js";

/** Changes by table and id; null: deleted. */
export type Changes = Map<TableName, Map<string, AnyRow | null>>;

/** What the transactions of one batch have written; it reaches the database at the batch's end. */
export interface Written {
  readonly changes: Changes;
  readonly audit: AuditRow[];
  /** The last number given in the database. */
  readonly auditSeq: number;
}

export interface Transaction {
  readonly tx: StoreTx;
  /** Adds what it wrote to the batch; without this it leaves no trace. */
  keep(): void;
  /** After this every use throws: a forgotten `await` must not write into nowhere. */
  end(): void;
}

export interface TransactionDeps {
  readonly client: Session;
  readonly ids: Ids;
  /** Incidents that ended before this moment (ms), and what belongs to them, are not current. */
  readonly currentSince: number;
}

/** One transaction of a batch: it sees the database, what its forerunners in the batch wrote, and its own writes. */
export function beginTransaction(before: Written, deps: TransactionDeps): Transaction {
  const { client, ids } = deps;
  const changes: Changes = new Map();
  const audit: AuditRow[] = [];
  let ended = false;

  function mustBeOpen(): void {
    if (ended) throw new Error("This transaction has ended; await every call inside it.");
  }

  function changed(table: TableName, id: string): AnyRow | null | undefined {
    const own = changes.get(table)?.get(id);
    return own === undefined ? before.changes.get(table)?.get(id) : own;
  }

  function set(table: TableName, id: string, row: AnyRow | null): void {
    const rows = changes.get(table) ?? new Map<string, AnyRow | null>();
    changes.set(table, rows.set(id, row));
  }

  function tableOf<Name extends TableName>(name: Name): Table<RowOf<Name>> {
    type Row = RowOf<Name>;
    return {
      async get(id) {
        mustBeOpen();
        const change = changed(name, id);
        if (change !== undefined) return change as Row | null;
        const [row] = await read<Row>(client, `select row from pipewright.${name} where id = $1`, [id]);
        return row ?? null;
      },
      async put(row) {
        mustBeOpen();
        set(name, row.id, freezeRow(row));
      },
      async delete(id) {
        mustBeOpen();
        set(name, id, null);
      },
      async find(match, scope = "all") {
        mustBeOpen();
        const parameters: unknown[] = [];
        const conditions = [...whereMatch(name, match, parameters)];
        if (scope === "current") conditions.push(...currentOnly(name, deps.currentSince, parameters));
        const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
        const stored = await read<Row>(client, `select row from pipewright.${name}${where} order by id`, parameters);
        const found = stored.filter((row) => changed(name, row.id) === undefined);
        const ids = new Set([...(before.changes.get(name)?.keys() ?? []), ...(changes.get(name)?.keys() ?? [])]);
        const fresh = [...ids].flatMap((id) => changed(name, id) ?? []) as Row[];
        return [...found, ...fresh].filter((row) => matches(row, match));
      },
    };
  }

  return {
    tx: {
      incidents: tableOf("incidents"),
      proposals: tableOf("proposals"),
      outbox: tableOf("outbox"),
      marks: tableOf("marks"),
      seen: tableOf("seen"),
      messages: tableOf("messages"),
      identities: tableOf("identities"),
      audit: {
        async append(row) {
          mustBeOpen();
          const seq = before.auditSeq + before.audit.length + audit.length + 1;
          audit.push(freezeRow({ ...row, id: ids.next("audit"), seq }));
        },
        async find(match) {
          mustBeOpen();
          const parameters: unknown[] = [];
          const conditions = whereMatch("audit", match, parameters);
          const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
          const stored = await read<AuditRow>(
            client,
            `select row from pipewright.audit${where} order by seq`,
            parameters,
          );
          return [...stored, ...before.audit, ...audit].filter((row) => matches(row, match));
        },
        async after(seq, limit) {
          mustBeOpen();
          const sql = "select row from pipewright.audit where seq > $1 order by seq limit $2";
          const stored = await read<AuditRow>(client, sql, [seq, limit]);
          return [...stored, ...[...before.audit, ...audit].filter((row) => row.seq > seq)].slice(0, limit);
        },
      },
    },
    keep() {
      for (const [table, rows] of changes) {
        const kept = before.changes.get(table) ?? new Map<string, AnyRow | null>();
        for (const [id, row] of rows) kept.set(id, row);
        before.changes.set(table, kept);
      }
      before.audit.push(...audit);
    },
    end() {
      ended = true;
    },
  };
}

function currentOnly(name: TableName, since: number, parameters: unknown[]): readonly string[] {
  if (name === "incidents") return [`(moment is null or moment > $${parameters.push(since)})`];
  if (name !== "proposals") return [];
  const ended = `select 1 from pipewright.incidents i where i.id = incident_id and i.moment <= $${parameters.push(since)}`;
  return [`not exists (${ended})`];
}

async function read<Row extends AnyRow>(
  client: Session,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  const { rows } = await client.query<{ row: string }>(sql, [...parameters]);
  return rows.map(({ row }) => freezeRow(JSON.parse(row) as Row));
}
