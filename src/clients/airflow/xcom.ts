import type { TaskRef, XComEntry } from "../../core/airflow.js";
import { UpstreamError } from "../../core/errors.js";
import { segment } from "../http/paths.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { taskPath } from "./addresses.js";
import { xcomEntry, xcomKeys } from "./map.js";
import { collect, pages } from "./paging.js";

/** A task may push any number of keys; those that lead to a Databricks run are among the first few. */
const mostKeys = 50;

/** The list names only keys, so that each value is a read of its own; a value the server can't decode is left out. */
export async function readXcom(http: Http, credentials: Credentials, ref: TaskRef): Promise<XComEntry[]> {
  const path = `${taskPath(ref)}/xcomEntries`;
  const query = { map_index: ref.mapIndex };
  const keys = await collect(pages(http, path, xcomKeys, { query, credentials }, mostKeys));
  const entries: XComEntry[] = [];
  for (const key of keys) {
    try {
      entries.push(await http.read(`${path}/${segment(key)}`, xcomEntry, { query, credentials }));
    } catch (error) {
      const undecodable = error instanceof UpstreamError && (error.reason === "not_found" || error.status === 500);
      if (!undecodable) throw error;
    }
  }
  return entries;
}
