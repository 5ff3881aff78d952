import { z } from "zod";
import type { TaskInstance } from "../../core/airflow.js";
import type { AirflowReader } from "../../core/ports.js";
import { defineTool } from "../define-tool.js";
import { connection, strings } from "../fields.js";
import { createGaps, type Gaps } from "../gathering/gaps.js";
import { airflowReaders } from "../lookup/connection.js";
import { findDag } from "../lookup/find-dag.js";
import { parseSince } from "../lookup/parse-since.js";
import type { ToolPorts } from "../ports.js";

const mostScanned = 5_000;

const input = z.strictObject({
  since: z.string().max(40).default("24h").describe("24h, 7d or ISO time"),
  dag: z.string().max(250).optional(),
  connection,
  limit: z.int().min(1).max(100).default(20),
});

const failure = z.object({
  connection: z.string(),
  dag: z.string(),
  run: z.string(),
  task: z.string().optional(),
  mapIndexes: z.array(z.number()).optional(),
  try: z.number().optional(),
  ended: z.string().nullable(),
});

const output = z.object({
  since: z.string(),
  total: z.number(),
  failures: z.array(failure),
  upstreamFailed: z.number(),
  warnings: strings,
});

type Row = z.infer<typeof failure>;

function rowsOf(connectionName: string, instances: readonly TaskInstance[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const task of instances) {
    const key = JSON.stringify([task.dagId, task.runId, task.taskId]);
    const known = rows.get(key);
    const indexes = [...(known?.mapIndexes ?? []), ...(task.mapIndex >= 0 ? [task.mapIndex] : [])].slice(0, 20);
    rows.set(key, {
      connection: connectionName,
      dag: task.dagId,
      run: task.runId,
      task: task.taskId,
      ...(indexes.length > 0 ? { mapIndexes: indexes } : {}),
      try: Math.max(task.tryNumber, known?.try ?? 0),
      ended: task.endedAt,
    });
  }
  return [...rows.values()];
}

async function collect<T>(items: AsyncIterable<T>, keep: (item: T) => boolean): Promise<readonly T[]> {
  const kept: T[] = [];
  let seen = 0;
  for await (const item of items) {
    if (keep(item)) kept.push(item);
    seen += 1;
    if (seen >= mostScanned) break;
  }
  return kept;
}

async function failuresOf(reader: AirflowReader, since: Date, dagId: string | null, gaps: Gaps) {
  const ofDag = (item: { readonly dagId: string }) => dagId === null || item.dagId === dagId;
  const [instances, runs] = await Promise.all([
    gaps.read(`Failed tasks of ${reader.connection}`, collect(reader.failedTasksEndedSince(since), ofDag), []),
    gaps.read(`Failed runs of ${reader.connection}`, collect(reader.runsChangedSince(since, ["failed"]), ofDag), []),
  ]);
  const failed = instances.filter((task) => task.state === "failed");
  const explained = new Set(instances.map((task) => JSON.stringify([task.dagId, task.runId])));
  const alone = runs.filter((run) => run.state === "failed" && !explained.has(JSON.stringify([run.dagId, run.runId])));
  const runRows = alone.map((run) => ({
    connection: reader.connection,
    dag: run.dagId,
    run: run.runId,
    ended: run.endedAt,
  }));
  return { rows: [...rowsOf(reader.connection, failed), ...runRows], upstream: instances.length - failed.length };
}

/** Throws only when no deployment at all could be read. */
async function listFailures(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const since = parseSince(asked.since, ports.clock.now());
  const found = asked.dag === undefined ? null : await findDag(ports, asked.connection, asked.dag);
  const readers = found ? [found.reader] : airflowReaders(ports, asked.connection);
  const gaps = createGaps();
  const parts = await Promise.all(readers.map((reader) => failuresOf(reader, since, found?.dag.dagId ?? null, gaps)));
  if (gaps.errors.length >= 2 * readers.length) throw gaps.errors[0];
  const rows = parts.flatMap((part) => part.rows).toSorted((a, b) => (b.ended ?? "").localeCompare(a.ended ?? ""));
  return {
    since: since.toISOString(),
    total: rows.length,
    failures: rows.slice(0, asked.limit),
    upstreamFailed: parts.reduce((sum, part) => sum + part.upstream, 0),
    warnings: gaps.words,
  };
}

export const airflowListFailures = defineTool({
  name: "airflow_list_failures",
  title: "What failed",
  description: "Tasks and runs still failed across DAGs, newest first. Mapped indexes collapsed.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: true,
  input,
  output,
  handler: listFailures,
});
