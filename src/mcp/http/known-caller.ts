import { createHash, timingSafeEqual } from "node:crypto";

/** A key to the endpoint as the configuration has it; `read` again each call, so that a rotated file counts at once. */
export interface TokenRow {
  readonly name: string;
  readonly read: () => string;
}

const longestHeader = 1_000;

/** The row of the bearer token in an Authorization header, compared in constant time with every row; null for none of them. */
export function callerOf<Row extends TokenRow>(header: string | undefined, rows: readonly Row[]): Row | null {
  if (header === undefined || header.length > longestHeader) return null;
  const [, given] = /^Bearer ([!-~]{1,900})$/i.exec(header) ?? [];
  if (given === undefined) return null;
  const seen = digestOf(given);
  let known: Row | null = null;
  for (const row of rows) {
    if (timingSafeEqual(seen, digestOf(secretOf(row)))) known = row;
  }
  return known;
}

/** One file that is gone must not lock out the others: nobody sends an empty token. */
function secretOf(row: TokenRow): string {
  try {
    return row.read();
  } catch {
    return "";
  }
}

/** Of one length, whatever was sent. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
