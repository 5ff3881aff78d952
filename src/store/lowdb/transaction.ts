import type { AuditRow } from "../../core/audit/event.js";
import type { Ids } from "../../core/ports.js";
import type { StoreTx, Table } from "../../core/store.js";
import { type AnyRow, freezeRow, matches, type RowOf, type TableName } from "../rows.js";
import type { Archive } from "./archive.js";
import { type ArchivedTable, archivedTables, type HotData } from "./hot-data.js";

/** A change to one row; null: deleted. */
interface Change {
  readonly table: TableName;
  readonly id: string;
  readonly row: AnyRow | null;
}

/** What one transaction wrote, kept beside the hot data until it is applied. */
export interface Transaction {
  readonly tx: StoreTx;
  /** Applies the changes; the function given back undoes them. Null when nothing was written. */
  apply(): (() => void) | null;
  /** After this every use throws: a forgotten `await` must not write into nowhere. */
  end(): void;
}

export function beginTransaction(data: HotData, archive: Archive, ids: Ids): Transaction {
  const changes = new Map<string, Change>();
  const audit: AuditRow[] = [];
  let ended = false;

  function mustBeOpen(): void {
    if (ended) throw new Error("This transaction has ended; await every call inside it.");
  }

  function tableOf<Name extends TableName>(name: Name): Table<RowOf<Name>> {
    type Row = RowOf<Name>;
    const archived = (archivedTables as readonly string[]).includes(name) ? (name as ArchivedTable) : null;
    const key = (id: string) => `${name}/${id}`;
    return {
      async get(id) {
        mustBeOpen();
        const change = changes.get(key(id));
        if (change !== undefined) return change.row as Row | null;
        const hot = data.tables[name].get(id);
        if (hot !== undefined) return hot as Row;
        if (archived === null || data.gone.has(key(id))) return null;
        return (await archive.get(archived, id)) as Row | null;
      },
      async put(row) {
        mustBeOpen();
        changes.set(key(row.id), { table: name, id: row.id, row: freezeRow(row) });
      },
      async delete(id) {
        mustBeOpen();
        changes.set(key(id), { table: name, id, row: null });
      },
      async find(match, scope = "all") {
        mustBeOpen();
        const found = new Map<string, AnyRow>();
        if (archived !== null && scope === "all") {
          for (const row of await archive.find(archived, match)) {
            const newer = data.tables[name].has(row.id) || data.gone.has(key(row.id)) || changes.has(key(row.id));
            if (!newer) found.set(row.id, row);
          }
        }
        for (const row of data.tables[name].values()) {
          if (!changes.has(key(row.id)) && matches(row, match)) found.set(row.id, row);
        }
        for (const change of changes.values()) {
          if (change.table === name && change.row !== null && matches(change.row, match))
            found.set(change.id, change.row);
        }
        return [...found.values()] as Row[];
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
          audit.push(freezeRow({ ...row, id: ids.next("audit"), seq: data.auditSeq + audit.length + 1 }));
        },
        async find(match) {
          mustBeOpen();
          const hot = data.audit.filter((row) => matches(row, match));
          const old = ((await archive.find("audit", match)) as AuditRow[]).filter((row) => !hasId(data.audit, row.id));
          return [...old, ...hot, ...audit.filter((row) => matches(row, match))].sort((a, b) => a.seq - b.seq);
        },
        async after(seq, limit) {
          mustBeOpen();
          const hot = data.audit.filter((row) => row.seq > seq);
          // The archive is read only by whoever is behind what is still hot.
          const isAllHot = hot.length >= data.auditSeq - seq;
          const old = isAllHot ? [] : ((await archive.find("audit", undefined)) as AuditRow[]);
          const rows = [...old.filter((row) => !hasId(hot, row.id)), ...hot, ...audit];
          return rows
            .filter((row) => row.seq > seq)
            .sort((a, b) => a.seq - b.seq)
            .slice(0, limit);
        },
      },
    },
    apply() {
      if (changes.size === 0 && audit.length === 0) return null;
      const undo: (() => void)[] = [];
      for (const change of changes.values()) undo.push(applyChange(data, archive, change));
      const auditBefore = data.audit;
      const seqBefore = data.auditSeq;
      data.audit = [...data.audit, ...audit];
      data.auditSeq += audit.length;
      return () => {
        data.audit = auditBefore;
        data.auditSeq = seqBefore;
        for (const step of undo.reverse()) step();
      };
    },
    end() {
      ended = true;
    },
  };
}

function applyChange(data: HotData, archive: Archive, { table, id, row }: Change): () => void {
  const rows = data.tables[table];
  const before = rows.get(id);
  const key = `${table}/${id}`;
  const wasGone = data.gone.has(key);
  if (row !== null) {
    rows.set(id, row);
  } else {
    rows.delete(id);
    const inArchive = (archivedTables as readonly string[]).includes(table) && archive.has(table as ArchivedTable, id);
    if (inArchive) data.gone.add(key);
  }
  return () => {
    if (before === undefined) rows.delete(id);
    else rows.set(id, before);
    if (!wasGone) data.gone.delete(key);
  };
}

function hasId(rows: readonly AnyRow[], id: string): boolean {
  return rows.some((row) => row.id === id);
}
