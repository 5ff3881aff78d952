import { invalid, refused } from "./http-error.js";

export type Query = Record<string, unknown>;

const TIMES = ["gte", "gt", "lte", "lt"] as const;

/** Every value of a repeatable parameter. */
export function values(query: Query, name: string): readonly string[] {
  const found = query[name];
  if (found === undefined) return [];
  return (Array.isArray(found) ? found : [found]).map(String);
}

export function whole(query: Query, name: string, fallback: number): number {
  const text = values(query, name).at(-1);
  if (text === undefined) return fallback;
  if (!/^-?\d{1,9}$/.test(text)) {
    throw invalid(
      ["query", name],
      "Input should be a valid integer, unable to parse string as an integer",
      "int_parsing",
      text,
    );
  }
  const number = Number(text);
  if (number < 0 && name !== "map_index") {
    throw invalid(["query", name], "Input should be greater than or equal to 0", "greater_than_equal", text);
  }
  return number;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A time given by a client; without an offset the database of the real server fails, and so does this. */
export function moment(loc: readonly string[], text: string): number {
  const read = DATE_TIME.exec(text);
  const at = read === null ? Number.NaN : Date.parse(text);
  if (Number.isNaN(at)) {
    throw invalid(
      loc,
      "Input should be a valid datetime or date, invalid character in year",
      "datetime_from_date_parsing",
      text,
    );
  }
  if (read?.[1] === undefined) throw refused(500, "Database error");
  return at;
}

/** Keeps the rows whose moment lies within `<name>_gte`, `_gt`, `_lte`, `_lt`. */
export function withinTimes<Row>(
  rows: readonly Row[],
  query: Query,
  fields: Readonly<Record<string, (row: Row) => number | null>>,
): readonly Row[] {
  let kept = rows;
  for (const [name, read] of Object.entries(fields)) {
    for (const bound of TIMES) {
      const text = query[`${name}_${bound}`];
      if (text === undefined || text === null) continue;
      const limit = moment(["query", `${name}_${bound}`], String(text));
      kept = kept.filter((row) => {
        const at = read(row);
        if (at === null) return false;
        return bound === "gte" ? at >= limit : bound === "gt" ? at > limit : bound === "lte" ? at <= limit : at < limit;
      });
    }
  }
  return kept;
}

type Sortable = string | number | null;

/** Sorts by the named fields, `-` for descending; nulls come last, as PostgreSQL sorts them. */
export function ordered<Row>(
  rows: readonly Row[],
  wanted: readonly string[],
  fields: Readonly<Record<string, (row: Row) => Sortable>>,
  model: string,
): readonly Row[] {
  const keys = wanted.map((text) => {
    const descending = text.startsWith("-");
    const read = fields[descending ? text.slice(1) : text];
    if (read === undefined) {
      throw refused(
        400,
        `Ordering with '${text.replace(/^-/, "")}' is disallowed or the attribute does not exist on the model ${model}`,
      );
    }
    return { read, sign: descending ? -1 : 1 };
  });
  return [...rows].sort((a, b) => {
    for (const { read, sign } of keys) {
      const left = read(a);
      const right = read(b);
      if (left === right) continue;
      if (left === null) return 1 * sign;
      if (right === null) return -1 * sign;
      return (left < right ? -1 : 1) * sign;
    }
    return 0;
  });
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** Present with cursor paging only. */
  readonly cursors: { readonly next: string | null; readonly previous: string | null } | null;
}

const MAXIMUM_PAGE = 100;

/** One page: by offset, or by cursor when the parameter is there (empty to begin). Limits above 100 are cut to 100. */
export function paged<Row>(rows: readonly Row[], query: Query): Page<Row> {
  const limit = Math.min(whole(query, "limit", 50), MAXIMUM_PAGE);
  const cursor = values(query, "cursor").at(-1);
  if (cursor === undefined) {
    const offset = whole(query, "offset", 0);
    return { rows: rows.slice(offset, offset + limit), total: rows.length, cursors: null };
  }
  const start = cursor === "" ? 0 : Number(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!Number.isSafeInteger(start) || start < 0) throw refused(400, "Invalid cursor token");
  const write = (at: number): string => Buffer.from(String(at)).toString("base64url");
  return {
    rows: rows.slice(start, start + limit),
    total: rows.length,
    cursors: {
      next: limit > 0 && start + limit < rows.length ? write(start + limit) : null,
      previous: start > 0 ? write(Math.max(0, start - limit)) : null,
    },
  };
}

/** The collection's body: totals with offsets, cursors with cursors. */
export function collection(name: string, rows: readonly unknown[], page: Page<unknown>): Record<string, unknown> {
  return page.cursors === null
    ? { [name]: rows, total_entries: page.total, total_entries_limit: null, next_cursor: null, previous_cursor: null }
    : {
        [name]: rows,
        total_entries: page.total,
        total_entries_limit: 50_000,
        next_cursor: page.cursors.next,
        previous_cursor: page.cursors.previous,
      };
}

/** SQL LIKE with `%`; a pattern without it matches anywhere. */
export function like(text: string, pattern: string): boolean {
  const parts = pattern.includes("%") ? pattern.split("%") : ["", pattern, ""];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = index === parts.length - 1 ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found) || (index === 0 && found !== 0)) return false;
    at = found + part.length;
  }
  return true;
}
