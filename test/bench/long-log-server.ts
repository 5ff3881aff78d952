import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

const blockLines = 8_000;
const ending = [
  "[2026-03-01T04:00:00.000+0000] {taskinstance.py:3337} ERROR - Task failed with exception",
  "Traceback (most recent call last):",
  '  File "/opt/airflow/dags/loader.py", line 88, in write',
  "    cursor.execute(statement)",
  'psycopg2.errors.UndefinedColumn: column "discount_code" of relation "orders" does not exist',
  "[2026-03-01T04:00:01.000+0000] {local_task_job_runner.py:266} INFO - Task exited with return code 1",
].join("\n");

/** Runs in a process of its own: answers each request with a log of so many bytes, made as it goes; sends its address. */
const size = Number(process.argv[2]);

function* log(): Generator<Buffer> {
  const block = Buffer.from(Array.from({ length: blockLines }, (_, n) => chatter(n)).join(""));
  for (let sent = 0; sent < size; sent += block.length) yield block;
  yield Buffer.from(ending);
}

function chatter(n: number): string {
  const stamp = `[2026-03-01T02:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000+0000]`;
  return n % 2_000 === 0
    ? `${stamp} {loader.py:91} WARNING - batch ${n} was refused by the store, trying again\n`
    : `${stamp} {loader.py:${20 + (n % 30)}} INFO - batch ${n} of shop.orders: ${n * 37} rows from part-${n % 200}.parquet\n`;
}

const server = createServer((_, response: ServerResponse) => {
  Readable.from(log()).pipe(response);
});
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
process.once("disconnect", () => process.exit());
