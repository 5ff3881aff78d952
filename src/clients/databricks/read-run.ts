import type { z } from "zod";
import type { DatabricksRun, DatabricksTaskRun } from "../../core/databricks.js";
import { InputError } from "../../core/errors.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { toRun } from "./map.js";
import { wireRun } from "./schema.js";

type WireRun = z.output<typeof wireRun>;

/** Jobs 2.2 cuts every array of a run at 100; a job has at most 1,000 tasks, each with its repairs. */
const mostPages = 100;
/** For-each tasks whose iterations are looked up; each costs a read of its own. */
const mostLoops = 10;

/** A job run or task run with every page of its tasks, repairs and iterations. */
export async function readRun(http: Http, credentials: Credentials, runId: string): Promise<DatabricksRun> {
  const run = toRun(await readPages(http, credentials, runId));
  const loops = run.tasks
    .filter((task) => task.kind === "for_each" && task.taskRunId !== run.runId)
    .slice(0, mostLoops);
  if (loops.length === 0) return run;
  const iterations = new Map<string, readonly DatabricksTaskRun[]>();
  for (const loop of loops) {
    const inner = toRun(await readPages(http, credentials, loop.taskRunId));
    iterations.set(loop.taskRunId, inner.tasks[0]?.iterations ?? []);
  }
  return { ...run, tasks: run.tasks.map((task) => ({ ...task, iterations: iterations.get(task.taskRunId) ?? [] })) };
}

async function readPages(http: Http, credentials: Credentials, runId: string): Promise<WireRun> {
  let whole: WireRun | null = null;
  let token: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { run_id: digits(runId), include_history: true, ...(token === null ? {} : { page_token: token }) };
    const next: WireRun = await http.read("/api/2.2/jobs/runs/get", wireRun, { query, credentials });
    whole = whole === null ? next : joined(whole, next);
    token = next.next_page_token;
    if (token === null || token === "") return whole;
  }
  return whole ?? Promise.reject(new InputError("This run has no pages.", "Look at it in Databricks."));
}

function joined(before: WireRun, next: WireRun): WireRun {
  return {
    ...before,
    tasks: [...before.tasks, ...next.tasks],
    iterations: [...before.iterations, ...next.iterations],
    repair_history: [...before.repair_history, ...next.repair_history],
  };
}

export function digits(runId: string): string {
  if (/^\d{1,19}$/.test(runId)) return runId;
  throw new InputError(
    `${JSON.stringify(runId.slice(0, 40))} is not a run id.`,
    "A Databricks run id has digits only.",
  );
}
