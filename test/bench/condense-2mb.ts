import { emptyCase } from "../../src/core/case.js";
import { diagnose } from "../../src/core/rca/diagnose.js";
import { createInlineAnalyzer } from "../../src/logs/inline-analyzer.js";
import { loadTokenCounter } from "../../src/logs/o200k.js";
import { type Figure, median } from "./figure.js";

const size = 2 * 1024 * 1024;
const budget = 800;
const places = [0.01, 0.25, 0.5, 0.75, 0.97];
const causes = [
  'psycopg2.errors.UndefinedColumn: column "discount_code" of relation "orders" does not exist',
  "FileNotFoundError: [Errno 2] No such file or directory: '/data/in/orders-2026-03-01.csv'",
  "java.lang.OutOfMemoryError: Java heap space",
  "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation",
] as const;

/** P3: a cause anywhere in 2 MB, a cascade of other errors behind it: is it in the evidence, and in how many tokens. */
export async function benchCondense(): Promise<Figure> {
  const analyzer = createInlineAnalyzer({ diagnose, redactor: { configuredSecrets: [] } });
  const counter = await loadTokenCounter();
  const tokens: number[] = [];
  let kept = 0;
  for (const cause of causes)
    for (const place of places) {
      async function* bytes(): AsyncGenerator<Uint8Array> {
        yield madeUpLog(cause, place);
      }
      const session = await analyzer.open([{ name: "bench", tryNumber: 1, format: "text", bytes: bytes() }]);
      await session.diagnose(emptyCase);
      const evidence = await session.condense(budget);
      tokens.push(counter.count(evidence));
      if (evidence.includes(cause.slice(0, 60))) kept += 1;
    }
  return {
    name: "evidence of a 2 MB log with its cause anywhere and a cascade behind",
    measured: `cause kept in ${kept} of ${tokens.length}; tokens median ${median(tokens)}, most ${Math.max(...tokens)}`,
    target: `always kept; <= ${budget} tokens`,
  };
}

function madeUpLog(cause: string, place: number): Buffer {
  const lines: string[] = [];
  let length = 0;
  const add = (line: string): void => {
    lines.push(line);
    length += line.length + 1;
  };
  let failed = false;
  for (let n = 0; length < size; n += 1) {
    const stamp = `[2026-03-01T02:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000+0000]`;
    add(
      `${stamp} {loader.py:${20 + (n % 30)}} INFO - batch ${n} of shop.orders: ${n * 37} rows from part-${n % 200}.parquet`,
    );
    if (n % 40 === 0) add(`${stamp} {loader.py:88} WARNING - slow batch ${n}: took ${n % 17} s, retrying the commit`);
    if (!failed && length >= size * place) {
      failed = true;
      add(`${stamp} {loader.py:91} ERROR - writing batch ${n} failed`);
      add("Traceback (most recent call last):");
      add('  File "/opt/airflow/dags/loader.py", line 88, in write');
      add("    self.store(batch)");
      add(cause);
    }
    if (failed && n % 7 === 0) add(`${stamp} {loader.py:95} ERROR - batch ${n} skipped: no open transaction`);
    if (failed && n % 11 === 0)
      add(`${stamp} {pool.py:41} ERROR - TimeoutError: worker ${n % 8} gave no answer in 30 s`);
    if (failed && n % 13 === 0)
      add(`${stamp} {audit.py:12} ERROR - RuntimeError: audit of batch ${n} is missing its rows`);
  }
  add("[2026-03-01T03:00:00.000+0000] {local_task_job_runner.py:266} INFO - Task exited with return code 1");
  return Buffer.from(lines.join("\n"), "utf8");
}
