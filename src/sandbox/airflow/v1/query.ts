import { type Query, whole } from "../queries.js";
import { problem } from "./problem.js";

/** Unknown parameters are errors here. */
export function known(query: Query, names: readonly string[]): Query {
  const extra = Object.keys(query).filter((name) => !names.includes(name));
  if (extra.length === 0) return query;
  throw problem(400, `Extra query parameter(s) ${extra.join(", ")} not in spec`);
}

/** An unknown key of a body is one too. */
export function knownBody(body: unknown, names: readonly string[]): Query {
  if (typeof body !== "object" || body === null) throw problem(400, "Request body must be a JSON object");
  const extra = Object.keys(body).find((name) => !names.includes(name));
  if (extra === undefined) return body as Query;
  throw problem(400, `{'${extra}': ['Unknown field.']}`);
}

/** Most lists cut the limit at 100, silently; those of task instances give as many as are asked for. */
export function rowsOf<Row>(rows: readonly Row[], query: Query, mostRows: number): readonly Row[] {
  const limit = whole(query, "limit", 100);
  const offset = whole(query, "offset", 0);
  return rows.slice(offset, offset + Math.min(limit === 0 ? 100 : limit, mostRows));
}

export function flagOf(body: Query, name: string, fallback: boolean): boolean {
  const value = body[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw problem(400, `${JSON.stringify(value)} is not of type 'boolean' - '${name}'`);
  return value;
}
