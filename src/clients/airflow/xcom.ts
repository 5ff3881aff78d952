import type { XComEntry } from "../../core/airflow.js";
import { UpstreamError } from "../../core/errors.js";
import { type Query, segment } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { xcomEntry, xcomKeys } from "./map.js";
import { collect, pages } from "./paging.js";

/** A task may push any number of keys; those that lead to a Databricks run are among the first few. */
const mostKeys = 50;

/** The list names only keys, so that each value is a read of its own; a value the server can't decode is left out. */
export async function readXcom(
  http: Http,
  credentials: Credentials,
  taskPath: string,
  query: Query,
  valueQuery: Query = {},
): Promise<XComEntry[]> {
  const path = `${taskPath}/xcomEntries`;
  const keys = await collect(pages(http, path, xcomKeys, { query, credentials }, mostKeys));
  const entries: XComEntry[] = [];
  for (const key of keys) {
    try {
      const options = { query: { ...query, ...valueQuery }, credentials };
      entries.push(await http.read(`${path}/${segment(key)}`, xcomEntry, options));
    } catch (error) {
      const undecodable = error instanceof UpstreamError && (error.reason === "not_found" || error.status === 500);
      if (!undecodable) throw error;
    }
  }
  return entries;
}
