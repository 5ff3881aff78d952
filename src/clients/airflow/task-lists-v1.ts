import type { TaskInstance } from "../../core/airflow.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { addressesOf } from "./addresses.js";
import * as map from "./map.js";

/**
 * Airflow 2 lists task instances in no order, so that offset pages could miss or repeat rows; but it gives as many as are
 * asked for. A run seldom has more than this (a mapped task 1,024 by default), and a time with more is read in halves.
 */
const mostRows = 5_000;
/** Airflow's times have microseconds, ours milliseconds: shorter than this a window is not halved. */
const shortestWindowMs = 2;

const dayMs = 24 * 3_600_000;

interface Window {
  readonly from: number;
  readonly to: number | null;
}

/** Failed and upstream_failed task instances of all DAGs that ended since then, oldest first. */
export async function* failedTasksV1(http: Http, credentials: Credentials, since: Date): AsyncGenerator<TaskInstance> {
  const found = new Map<string, TaskInstance>();
  const open: Window[] = [{ from: since.getTime(), to: null }];
  for (let window = open.pop(); window !== undefined; window = open.pop()) {
    const { items, total } = await http.read("/api/v1/dags/~/dagRuns/~/taskInstances", map.taskInstances, {
      query: {
        state: ["failed", "upstream_failed"],
        end_date_gte: isoOf(window.from),
        end_date_lte: window.to === null ? undefined : isoOf(window.to),
        limit: mostRows,
      },
      credentials,
    });
    for (const item of items) found.set(keyOf(item), item);
    if (total === null || items.length >= total) continue;
    // The rows that came say where the others may lie; the halves share the moment between them.
    const to = window.to ?? Math.max(...items.map((item) => Date.parse(item.endedAt ?? "") || 0), window.from) + dayMs;
    const middle = Math.floor((window.from + to) / 2);
    if (to - window.from <= shortestWindowMs) continue;
    open.push({ from: middle, to: window.to }, { from: window.from, to: middle });
  }
  yield* [...found.values()].sort((a, b) => Date.parse(a.endedAt ?? "") - Date.parse(b.endedAt ?? "") || 0);
}

/** Every task instance of one run. */
export async function runTasksV1(
  http: Http,
  credentials: Credentials,
  dagId: string,
  runId: string,
): Promise<TaskInstance[]> {
  const path = `${addressesOf("v1").runPath(dagId, runId)}/taskInstances`;
  const found = new Map<string, TaskInstance>();
  for (let offset = 0; ; ) {
    const query = { limit: mostRows, offset };
    const { items, total } = await http.read(path, map.taskInstances, { query, credentials });
    for (const item of items) found.set(keyOf(item), item);
    offset += items.length;
    if (items.length === 0 || total === null || offset >= total) return [...found.values()];
  }
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

const keyOf = ({ dagId, runId, taskId, mapIndex }: TaskInstance): string =>
  JSON.stringify([dagId, runId, taskId, mapIndex]);
