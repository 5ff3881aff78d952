import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { emptyCase } from "../../src/core/case.js";
import type { LogAnalyzer, LogInput } from "../../src/core/ports.js";
import { createWorkerAnalyzer } from "../../src/logs/worker.js";

const size = 2 * 1024 * 1024;
const targetMs = 40;
const warmUps = 15;
const samples = 120;
const chunk = 64 * 1024;

/** An Airflow 2 log of 2 MB: chatter, the cause at a third of it, a cascade of other errors behind. */
function madeUpLog(): Buffer {
  const lines: string[] = [];
  let length = 0;
  const add = (line: string): void => {
    lines.push(line);
    length += line.length + 1;
  };
  const stamp = (n: number): string =>
    `[2026-03-01T02:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000+0000]`;
  let failed = false;
  for (let n = 0; length < size; n += 1) {
    add(
      `${stamp(n)} {loader.py:${20 + (n % 30)}} INFO - batch ${n} of shop.orders: ${n * 37} rows from part-${n % 200}.parquet`,
    );
    if (n % 40 === 0)
      add(`${stamp(n)} {loader.py:88} WARNING - slow batch ${n}: took ${n % 17}.${n % 10} s, retrying the commit`);
    if (!failed && length > size / 3) {
      failed = true;
      add(`${stamp(n)} {loader.py:91} ERROR - writing batch ${n} failed`);
      add("Traceback (most recent call last):");
      add('  File "/opt/airflow/dags/loader.py", line 88, in write');
      add("    cursor.execute(statement)");
      add('psycopg2.errors.UndefinedColumn: column "discount_code" of relation "orders" does not exist');
    }
    if (failed && n % 25 === 0) add(`${stamp(n)} {loader.py:95} ERROR - batch ${n} skipped: no open transaction`);
  }
  add(`${stamp(1)} {taskinstance.py:3337} ERROR - Task failed with exception`);
  for (const line of [
    "Traceback (most recent call last):",
    '  File "/opt/airflow/dags/loader.py", line 88, in write',
    "    cursor.execute(statement)",
    'psycopg2.errors.UndefinedColumn: column "discount_code" of relation "orders" does not exist',
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    '  File "/opt/airflow/dags/loader.py", line 140, in run',
    "    raise LoadError(failed) from first",
    "loader.LoadError: 311 batches failed",
  ])
    add(line);
  add(`${stamp(2)} {local_task_job_runner.py:266} INFO - Task exited with return code 1`);
  return Buffer.from(lines.join("\n"), "utf8");
}

function fetched(log: Buffer): LogInput {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < log.length; at += chunk) yield log.subarray(at, at + chunk);
  }
  return { name: "bench", tryNumber: 1, format: "text", bytes: bytes() };
}

interface Took {
  readonly ms: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
}

async function timeOnce(analyzer: LogAnalyzer, log: Buffer): Promise<Took> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const session = await analyzer.open([fetched(log)]);
  const verdict = await session.diagnose(emptyCase);
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  await session.close();
  if (verdict.outcome !== "diagnosed") throw new Error("The bench's log was not understood.");
  return { ms, cpuMs: (user + system) / 1_000 };
}

/** Splits, sorts and hashes the same log each time it is asked, in a process of its own. */
function startReference(file: string): { readonly time: () => Promise<number>; readonly stop: () => void } {
  const child = fork(fileURLToPath(new URL("./reference-child.js", import.meta.url)), [file], {
    execArgv: ["--expose-gc"],
  });
  return {
    async time() {
      child.send("begin");
      const [ms] = (await once(child, "message")) as [number];
      return ms;
    },
    stop: () => child.disconnect(),
  };
}

/** P5: the deterministic verdict from a fetched 2 MB log, in the worker, 99th percentile. Needs the built files. */
export async function benchVerdict(): Promise<{ name: string; measured: string; target: string }> {
  const analyzer = createWorkerAnalyzer({ redactor: { configuredSecrets: [] } });
  const log = madeUpLog();
  const wall: number[] = [];
  const processor: number[] = [];
  const reference: number[] = [];
  const folder = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  const file = join(folder, "2mb.log");
  writeFileSync(file, log);
  const other = startReference(file);
  try {
    for (let n = 0; n < warmUps; n += 1) await timeOnce(analyzer, log);
    for (let n = 0; n < samples; n += 1) {
      const { ms, cpuMs } = await timeOnce(analyzer, log);
      wall.push(ms);
      processor.push(cpuMs);
      reference.push(await other.time());
    }
  } finally {
    other.stop();
    await analyzer.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name: "verdict from a fetched 2 MB log (worker)",
    measured: `p99 ${at(wall, 0.99)} ms (median ${at(wall, 0.5)} ms, n=${samples}); processor time p99 ${at(processor, 0.99)} ms, median ${at(processor, 0.5)} ms; in turns with it, in another process, splitting, sorting and hashing the log takes p99 ${at(reference, 0.99)} ms, median ${at(reference, 0.5)} ms`,
    target: `p99 <= ${targetMs} ms`,
  };
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}
