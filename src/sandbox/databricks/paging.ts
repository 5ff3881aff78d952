import { badParameter } from "./http-error.js";

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly previous: string | null;
}

/** A page by opaque token; the limit's range differs by endpoint. */
export function pageOf<Row>(
  rows: readonly Row[],
  limitText: string | null,
  token: string | null,
  bounds: { readonly fallback: number; readonly most: number },
): Page<Row> {
  const limit = limitText === null ? bounds.fallback : Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > bounds.most) {
    throw badParameter(`Invalid value for limit: ${limitText}. It must be greater than 0 and at most ${bounds.most}.`);
  }
  const start = token === null || token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isSafeInteger(start) || start < 0) throw badParameter("Invalid page token.");
  const write = (at: number): string => Buffer.from(String(at)).toString("base64url");
  return {
    rows: rows.slice(start, start + limit),
    next: start + limit < rows.length ? write(start + limit) : null,
    previous: start > 0 ? write(Math.max(0, start - limit)) : null,
  };
}
