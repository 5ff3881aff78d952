import type { z } from "zod";
import type { Query } from "../http/paths.js";
import type { Http, ReadOptions } from "../http.js";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number | null;
}

export type PageOf<Item> = z.ZodType<Page<Item>>;

/** Servers clamp the page size, some silently: what counts is how many rows came. */
const pageSize = 100;

/** Follows offset pages until `total_entries` rows were received or a page comes empty. */
export async function* pages<Item>(
  http: Http,
  path: string,
  schema: PageOf<Item>,
  options: ReadOptions & { readonly query: Query },
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Item> {
  let received = 0;
  while (received < most) {
    const limit = Math.min(pageSize, most - received);
    const page = await http.read(path, schema, { ...options, query: { ...options.query, limit, offset: received } });
    received += page.items.length;
    yield* page.items;
    if (page.items.length === 0 || (page.total !== null && received >= page.total)) return;
  }
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
