import type { BenchFailure } from "./failures.js";

/** One call of a tool. */
export interface Call {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a sensible model calls next, given the text of each answer; it is stopped once the cause stands in one. */
export type Policy = Generator<Call, void, string>;

/** A server as a client starts it, and how a model that read its descriptions would use it. */
export interface BenchServer {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Starting from what an alert carries: the run. */
  whyDidItFail(failure: BenchFailure, runId: string): Policy;
  /** The tasks of a run: every server has a tool for that. */
  listTasks(dagId: string, runId: string): Call;
}

export interface TaskRow {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly state: string;
}

/** More failed indexes of one task say the same. */
const mostLogs = 3;

/** The tasks whose logs are worth reading: those that failed; where none did, those that did not end well either. */
export function tasksToRead(answer: string): readonly TaskRow[] {
  const tasks = tasksIn(answer);
  const failed = tasks.filter(({ state }) => state === "failed");
  const odd = tasks.filter(({ state }) => state !== "success" && state !== "upstream_failed");
  return (failed.length > 0 ? failed : odd).slice(0, mostLogs);
}

/** Both servers list task instances as Airflow's own API does. */
function tasksIn(answer: string): readonly TaskRow[] {
  const { task_instances: rows = [] } = readJson(answer) as { readonly task_instances?: Record<string, unknown>[] };
  return rows.map((row) => ({
    taskId: String(row["task_id"]),
    mapIndex: Number(row["map_index"] ?? -1),
    tryNumber: Math.max(1, Number(row["try_number"] ?? 1)),
    state: String(row["state"]),
  }));
}

function readJson(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
