import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { type AnyRow, freezeRow, matches, rowJson } from "../rows.js";
import { syncFolder } from "./durable-file.js";
import { type ArchivedTable, archivedTables } from "./hot-data.js";

/** Rows that left the hot set: appended once, read on demand. Later lines of the same id replace earlier ones. */
export interface Archive {
  append(rows: readonly ArchivedRow[]): Promise<void>;
  get(table: ArchivedTable, id: string): Promise<AnyRow | null>;
  find(table: ArchivedTable, match: object | undefined): Promise<readonly AnyRow[]>;
  has(table: ArchivedTable, id: string): boolean;
  close(): Promise<void>;
}

/** `row` null: the row was deleted. */
export interface ArchivedRow {
  readonly table: ArchivedTable;
  readonly id: string;
  readonly row: AnyRow | null;
}

interface Place {
  readonly offset: number;
  readonly length: number;
  /** Short top-level values, so that a search reads only the rows it returns. */
  readonly stub: Readonly<Record<string, unknown>>;
  /** The stub is the whole row: nothing needs to be read. */
  readonly isWhole: boolean;
}

const longestStubValue = 200;

/** Opens or makes the archive; half a line at its end (a crash while appending) is cut off: those rows are still in the hot set. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await open(path, "a+", 0o600);
  await syncFolder(dirname(path));
  const index = new Map<ArchivedTable, Map<string, Place>>(archivedTables.map((name) => [name, new Map()]));
  let end = await readIndex(file, (line, offset, length) => remember(JSON.parse(line) as ArchivedRow, offset, length));
  await file.truncate(end);

  function remember(entry: ArchivedRow, offset: number, length: number): void {
    const table = index.get(entry.table);
    if (entry.row === null) table?.delete(entry.id);
    else table?.set(entry.id, { offset, length, ...stubOf(entry.row) });
  }

  async function read(place: Place): Promise<AnyRow> {
    if (place.isWhole) return freezeRow(place.stub as unknown as AnyRow);
    const bytes = Buffer.alloc(place.length);
    await file.read(bytes, 0, place.length, place.offset);
    const entry = JSON.parse(bytes.toString("utf8")) as { row: AnyRow };
    return freezeRow(entry.row);
  }

  return {
    async append(rows) {
      const places: { entry: ArchivedRow; offset: number; length: number }[] = [];
      const lines: Buffer[] = [];
      let offset = end;
      for (const entry of rows) {
        const row = entry.row === null ? "null" : rowJson(entry.row);
        const line = Buffer.from(`{"table":"${entry.table}","id":${JSON.stringify(entry.id)},"row":${row}}\n`, "utf8");
        places.push({ entry, offset, length: line.length - 1 });
        lines.push(line);
        offset += line.length;
      }
      try {
        await file.appendFile(Buffer.concat(lines));
        await file.sync();
      } catch (error) {
        await file.truncate(end).catch(() => undefined);
        throw error;
      }
      end = offset;
      for (const place of places) remember(place.entry, place.offset, place.length);
    },
    async get(table, id) {
      const place = index.get(table)?.get(id);
      return place === undefined ? null : read(place);
    },
    async find(table, match) {
      const found: AnyRow[] = [];
      for (const place of index.get(table)?.values() ?? []) {
        if (!mayMatch(place.stub, match)) continue;
        const row = await read(place);
        if (matches(row, match)) found.push(row);
      }
      return found;
    },
    has: (table, id) => index.get(table)?.has(id) ?? false,
    close: () => file.close(),
  };
}

/** Calls back for every whole line; the offset behind the last one. */
async function readIndex(
  file: FileHandle,
  line: (text: string, offset: number, length: number) => void,
): Promise<number> {
  let rest = Buffer.alloc(0);
  let start = 0;
  let position = 0;
  const chunk = Buffer.alloc(1 << 20);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return start;
    position += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10)) {
      line(rest.subarray(0, at).toString("utf8"), start, at);
      rest = rest.subarray(at + 1);
      start += at + 1;
    }
  }
}

function stubOf(row: AnyRow): Pick<Place, "stub" | "isWhole"> {
  const fields = Object.entries(row);
  const short = fields.filter(([, value]) => (JSON.stringify(value) ?? "").length <= longestStubValue);
  return { stub: Object.fromEntries(short), isWhole: short.length === fields.length };
}

function mayMatch(stub: Readonly<Record<string, unknown>>, match: object | undefined): boolean {
  return Object.entries(match ?? {}).every(([field, wanted]) => !(field in stub) || matches(stub, { [field]: wanted }));
}
