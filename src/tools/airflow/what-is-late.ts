import { z } from "zod";
import type { Dag, DagRun } from "../../core/airflow.js";
import { type Lateness, latenessOf } from "../../core/lateness.js";
import type { AirflowReader } from "../../core/ports.js";
import { defineTool } from "../define-tool.js";
import { connection, strings } from "../fields.js";
import { createGaps, type Gaps } from "../gathering/gaps.js";
import { nextDue } from "../gathering/next-due.js";
import { airflowReaders } from "../lookup/connection.js";
import type { ToolPorts } from "../ports.js";

/** Of one deployment; each costs one request more. */
const mostDags = 60;
const mostRows = 20;
const runsOfDag = 25;
const atOnce = 6;
const activeDays = 14;
const failedDays = 2;
const dayMs = 86_400_000;

const input = z.strictObject({ connection });

const row = z.object({
  connection: z.string(),
  dag: z.string(),
  run: z.string().nullable(),
  state: z.string(),
  due: z.string(),
  lateBySeconds: z.number(),
  usualSeconds: z.number().nullable(),
});

const output = z.object({ checked: z.number(), total: z.number(), late: z.array(row), warnings: strings });

async function lateOf(reader: AirflowReader, now: Date, gaps: Gaps): Promise<{ checked: number; rows: Row[] }> {
  const dags = await gaps.read(`The DAGs of ${reader.connection}`, reader.dags(), []);
  const live = dags.filter((dag) => !dag.isPaused);
  const busy = new Set(await gaps.read(`Runs of ${reader.connection}`, busyDags(reader, now), []));
  const likely = live.filter((dag) => busy.has(dag.dagId) || mayBeOverdue(dag, now));
  if (likely.length > mostDags) {
    gaps.words.push(`${likely.length - mostDags} more DAGs of ${reader.connection} were not looked at; name one.`);
  }
  const rows: Row[] = [];
  const asked = likely.slice(0, mostDags);
  for (let from = 0; from < asked.length; from += atOnce) {
    const batch = asked.slice(from, from + atOnce).map(async (dag) => {
      const runs = await gaps.read(`Runs of ${dag.dagId}`, reader.recentRuns(dag.dagId, runsOfDag), []);
      const late = latenessOf(dag, runs, now, nextDue);
      if (late !== null) rows.push(rowOf(reader, dag, late));
    });
    await Promise.all(batch);
  }
  return { checked: live.length, rows };
}

type Row = z.infer<typeof row>;

/** DAGs with a run that goes on, or one that failed lately. */
async function busyDags(reader: AirflowReader, now: Date): Promise<readonly string[]> {
  const ids: string[] = [];
  const take = async (days: number, states: readonly string[]): Promise<void> => {
    const runs: AsyncIterable<DagRun> = reader.runsChangedSince(new Date(now.getTime() - days * dayMs), states);
    for await (const run of runs) ids.push(run.dagId);
  };
  await take(activeDays, ["running", "queued"]);
  await take(failedDays, ["failed"]);
  return ids;
}

/** Airflow 3 and late 2 say when the next run should be; where none is said, the runs must tell. */
function mayBeOverdue(dag: Dag, now: Date): boolean {
  if (dag.nextRunAfter != null) return Date.parse(dag.nextRunAfter) < now.getTime();
  return dag.schedule !== null && !/^(?:@once|None|Never)/.test(dag.schedule);
}

function rowOf(reader: AirflowReader, dag: Dag, late: Lateness): Row {
  return {
    connection: reader.connection,
    dag: dag.dagId,
    run: late.runId,
    state: late.kind,
    due: late.due,
    lateBySeconds: late.lateSeconds,
    usualSeconds: late.usualSeconds,
  };
}

/** Throws only when no deployment at all could be read. */
async function whatIsLate(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const readers = airflowReaders(ports, asked.connection);
  const gaps = createGaps();
  const now = ports.clock.now();
  const parts = await Promise.all(readers.map((reader) => lateOf(reader, now, gaps)));
  if (gaps.errors.length >= 2 * readers.length && parts.every((part) => part.checked === 0)) throw gaps.errors[0];
  const rows = parts.flatMap((part) => part.rows).toSorted((a, b) => b.lateBySeconds - a.lateBySeconds);
  return {
    checked: parts.reduce((sum, part) => sum + part.checked, 0),
    total: rows.length,
    late: rows.slice(0, mostRows),
    warnings: gaps.words,
  };
}

export const airflowWhatIsLate = defineTool({
  name: "airflow_what_is_late",
  title: "What is late",
  description: "Runs of all DAGs that should have started or finished by now, by schedule and usual times.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: whatIsLate,
});
