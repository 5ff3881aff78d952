import { describe, expect, it } from "vitest";
import type { ExceptionChain } from "../../../src/core/rca/reading.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: [] });

function read(text: string | AsyncIterable<Uint8Array>, tryNumber = 1): Promise<DecodedLog> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text as string, "utf8");
  }
  return readLog(
    { name: "try.log", tryNumber, format: "unknown", bytes: typeof text === "string" ? bytes() : text },
    redactor,
  );
}

const shape = (chain: ExceptionChain | undefined): readonly string[] | undefined =>
  chain?.chain.map((note) => `${note.link} ${note.type} @${note.line}: ${note.message}`);

const at = "[2026-03-01T02:00:00.000+0000]";

describe("statements of an Airflow 2 log", () => {
  it("have level, logger and time, and own the lines without prefix below them", async () => {
    const { records, format } = await read(
      [
        "*** Found local files:",
        "***   * /logs/dag_id=orders/attempt=1.log",
        `${at} {loader.py:12} INFO - loading`,
        "select *",
        "from shop.orders",
        "[2024-12-23, 13:59:51 UTC] {loader.py:14} WARNING - slow - very",
        "[2021-03-23 09:57:29,977] {{taskinstance.py:851}} ERROR - old form",
      ].join("\n"),
    );
    expect(format).toBe("v1");
    expect(
      records
        .slice(2)
        .map(({ firstLine, lastLine, level, logger, message }) => [firstLine, lastLine, level, logger, message]),
    ).toEqual([
      [3, 5, "info", "loader.py", "loading"],
      [6, 6, "warning", "loader.py", "slow - very"],
      [7, 7, "error", "taskinstance.py", "old form"],
    ]);
  });

  it("end with what the orchestrator says, and not with what the task printed", async () => {
    const { ends } = await read(
      [
        `${at} {logging_mixin.py:190} INFO - Task exited with return code 7`,
        `${at} {taskinstance.py:1} ERROR - Task failed with exception`,
        `${at} {taskinstance.py:1} INFO - Marking task as UP_FOR_RETRY. dag_id=a`,
        `${at} {local_task_job_runner.py:1} INFO - Task exited with return code -9For more information, see https://airflow.apache.org/x`,
        `${at} {local_task_job_runner.py:1} INFO - Task exited with return code Negsignal.SIGKILL`,
        `${at} {local_task_job_runner.py:1} INFO - Task exited with return code 100 (task deferral)`,
        `${at} {local_task_job_runner.py:1} WARNING - State of this instance has been externally set to failed. Terminating instance.`,
        `${at} {job.py:1} ERROR - Heartbeat time limit exceeded!`,
        `${at} {local_task_job_runner.py:1} INFO - Task exited with return code 0`,
      ].join("\n"),
    );
    expect(ends.map(({ kind, line, detail }) => [kind, line, detail])).toEqual([
      ["failed_with_exception", 2, null],
      ["marked_up_for_retry", 3, null],
      ["killed_by_signal", 4, "-9"],
      ["killed_by_signal", 5, "Negsignal.SIGKILL"],
      ["exit_code", 6, "100"],
      ["externally_set", 7, "failed"],
      ["heartbeat_lost", 8, null],
      ["exit_code", 9, "0"],
    ]);
  });

  it("end on Airflow 3 with the signal that the supervisor names", async () => {
    const { ends } = await read(
      '{"timestamp":"2026-03-01T02:00:00Z","level":"critical","logger":"task","event":"Process terminated by signal. Likely out of memory error (OOM).","signal":-9,"signal_name":"SIGKILL"}\n',
    );
    expect(ends).toEqual([{ kind: "killed_by_signal", line: 1, detail: "SIGKILL" }]);
  });
});

describe("Python tracebacks", () => {
  it("are chained as Python prints them: the outermost is the one printed last", async () => {
    const { chains } = await read(
      [
        `${at} {taskinstance.py:3337} ERROR - Task failed with exception`,
        "Traceback (most recent call last):",
        '  File "/usr/local/lib/python3.11/site-packages/urllib3/connection.py", line 198, in _new_conn',
        "    sock = create()",
        "           ^^^^^^^^",
        "ConnectionRefusedError: [Errno 111] Connection refused",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "Traceback (most recent call last):",
        '  File "/opt/airflow/dags/rates.py", line 9, in fetch',
        "    get()",
        "rates.client.RatesError: rates.internal did not answer",
        "second line",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "/opt/airflow/dags/rates.py", line 20, in run',
        "    raise",
        "KeyError: 'EUR'",
        `${at} {taskinstance.py:1242} INFO - Marking task as FAILED. dag_id=rates`,
      ].join("\n"),
    );
    expect(chains).toHaveLength(1);
    expect(shape(chains[0])).toEqual([
      "outermost KeyError @21: 'EUR'",
      "context rates.client.RatesError @13: rates.internal did not answer\nsecond line",
      "cause ConnectionRefusedError @6: [Errno 111] Connection refused",
    ]);
    expect(chains[0]).toMatchObject({
      language: "python",
      firstLine: 2,
      lastLine: 21,
      level: "error",
      heading: "Task failed with exception",
    });
    expect(
      chains[0]?.chain.map((note) => note.frames.map((frame) => [frame.name, frame.lineNumber, frame.own])),
    ).toEqual([[["run", 20, true]], [["fetch", 9, true]], [["_new_conn", 198, false]]]);
  });

  it("inside the output of a subprocess are found, line by line, and end where it goes on", async () => {
    const out = (text: string): string => `${at} {subprocess.py:93} INFO - ${text}`;
    const { chains } = await read(
      [
        out("indexing 120 documents"),
        out("Traceback (most recent call last):"),
        out('  File "/opt/app/index.py", line 3, in <module>'),
        out("    import search_next"),
        out('psycopg2.errors.UndefinedColumn: column "sku" does not exist'),
        out("LINE 1: select sku from items"),
        out("               ^"),
        out("cleaning up"),
        `${at} {taskinstance.py:1} ERROR - Task failed with exception`,
      ].join("\n"),
    );
    expect(chains.map(shape)).toEqual([
      [
        'outermost psycopg2.errors.UndefinedColumn @5: column "sku" does not exist\nLINE 1: select sku from items\n               ^',
      ],
    ]);
    expect(chains[0]).toMatchObject({ heading: "indexing 120 documents", logger: "subprocess.py", lastLine: 7 });
  });

  it("of stderr on Airflow 3, torn apart by other records, are put together again with their lines", async () => {
    const record = (logger: string, event: string): string =>
      JSON.stringify({
        timestamp: "2026-03-01T02:00:00Z",
        level: logger === "task.stderr" ? "error" : "info",
        logger,
        event,
      });
    const { chains } = await read(
      [
        record("task.stderr", "Traceback (most recent call last):"),
        record("task.stdout", "still 3 files"),
        record("task.stderr", '  File "/opt/airflow/dags/a.py", line 5, in go'),
        record("task", "Done. Returned value was: None"),
        record("task.stderr", "    open(path)"),
        record("task.stderr", "FileNotFoundError: [Errno 2] No such file or directory: '/mnt/in/a.csv'"),
      ].join("\n"),
    );
    expect(chains.map(shape)).toEqual([
      ["outermost FileNotFoundError @6: [Errno 2] No such file or directory: '/mnt/in/a.csv'"],
    ]);
    expect(chains[0]).toMatchObject({ firstLine: 1, lastLine: 6, logger: "task.stderr" });
  });

  it("of exception groups name their members", async () => {
    const { chains } = await read(
      [
        "  + Exception Group Traceback (most recent call last):",
        '  |   File "/app/a.py", line 3, in <module>',
        "  |     run()",
        "  | ExceptionGroup: two parts failed (2 sub-exceptions)",
        "  +-+---------------- 1 ----------------",
        "    | Traceback (most recent call last):",
        '    |   File "/app/a.py", line 8, in part',
        "    | ValueError: part 1 is empty",
        "    +---------------- 2 ----------------",
        "    | Traceback (most recent call last):",
        '    |   File "/app/a.py", line 8, in part',
        "    | OSError: part 2 is gone",
        "    +------------------------------------",
      ].join("\n"),
    );
    expect(shape(chains[0])).toEqual([
      "outermost ExceptionGroup @4: two parts failed (2 sub-exceptions)",
      "group ValueError @8: part 1 is empty",
      "group OSError @12: part 2 is gone",
    ]);
  });

  it("of a script that can't be parsed have no first line", async () => {
    const { chains } = await read(
      '  File "/app/job.py", line 7\n    print("a"\n         ^\nSyntaxError: \'(\' was never closed\n',
    );
    expect(shape(chains[0])).toEqual(["outermost SyntaxError @4: '(' was never closed"]);
    expect(chains[0]?.chain[0]?.frames[0]).toMatchObject({ file: "/app/job.py", lineNumber: 7 });
  });

  it("are not made of a line that only says so", async () => {
    expect((await read("Traceback (most recent call last):\nfinished: 14 tables, 0 errors\n")).chains).toEqual([]);
  });
});

describe("stack traces of the JVM", () => {
  it("follow Caused by to the root, over elided frames and suppressed exceptions", async () => {
    const { chains, format } = await read(
      [
        "26/03/01 02:00:00 ERROR Executor: Exception in task 0.0 in stage 3.0 (TID 7)",
        "org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows. SQLSTATE: 58030",
        "\tat org.apache.spark.sql.Writer.write(Writer.scala:41)",
        "\tat com.shop.Load$.main(Load.scala:12)",
        "\tSuppressed: java.io.IOException: closing failed",
        "\t\tat java.base/java.io.Stream.close(Stream.java:1)",
        "Caused by: java.io.IOException: No space left on device",
        "\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)",
        "\t... 12 more",
        "26/03/01 02:00:01 INFO Executor: going on",
      ].join("\n"),
    );
    expect(format).toBe("spark");
    expect(shape(chains[0])).toEqual([
      "outermost org.apache.spark.SparkException @2: [TASK_WRITE_FAILED] Task failed while writing rows. SQLSTATE: 58030",
      "cause java.io.IOException @7: No space left on device",
    ]);
    expect(chains[0]).toMatchObject({
      language: "java",
      level: "error",
      logger: "Executor",
      firstLine: 2,
      lastLine: 9,
    });
    expect(chains[0]?.chain[0]?.frames.map((frame) => [frame.file, frame.lineNumber, frame.own])).toEqual([
      ["Writer.scala", 41, false],
      ["Load.scala", 12, true],
    ]);
  });

  it("inside Py4J's message become causes of the Python exception", async () => {
    const { chains } = await read(
      [
        "Traceback (most recent call last):",
        '  File "/app/job.py", line 3, in <module>',
        "py4j.protocol.Py4JJavaError: An error occurred while calling o45.save.",
        ": org.apache.spark.SparkException: Job aborted.",
        "\tat org.apache.spark.Run.run(Run.scala:1)",
        "Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):",
        '  File "/app/udf.py", line 9, in convert',
        "KeyError: 'sku'",
        "",
        "\tat org.apache.spark.api.python.Runner.next(Runner.scala:5)",
      ].join("\n"),
    );
    expect(shape(chains[0])).toEqual([
      "outermost py4j.protocol.Py4JJavaError @3: An error occurred while calling o45.save.",
      "cause org.apache.spark.SparkException @4: Job aborted.",
      "cause org.apache.spark.api.python.PythonException @6: Traceback (most recent call last):",
      "cause KeyError @8: 'sku'",
    ]);
  });

  it("are also read from the message that Airflow 3 carries as one value", async () => {
    const value =
      "An error occurred while calling o1.load.\n: java.net.ConnectException: Connection refused\n\tat java.net.Socket.connect(Socket.java:1)\n";
    const { chains } = await read(
      `${JSON.stringify({ timestamp: null, level: "error", logger: "task", event: "Task failed with exception", error_detail: [{ exc_type: "Py4JJavaError", exc_value: value, frames: [] }] })}\n`,
    );
    expect(shape(chains[0])).toEqual([
      "outermost Py4JJavaError @3: An error occurred while calling o1.load.",
      "cause java.net.ConnectException @4: Connection refused",
    ]);
  });
});

describe("other languages", () => {
  it("Node's stack and dbt's block are chains of their own", async () => {
    const { chains } = await read(
      [
        "TypeError: Cannot read properties of undefined (reading 'rows')",
        "    at load (/app/load.js:3:5)",
        "done",
        "02:00:01  Database Error in model stg_orders (models/stg_orders.sql)",
        '  column "sku" does not exist',
        "",
      ].join("\n"),
    );
    expect(chains.map((chain) => [chain.language, ...(shape(chain) ?? [])])).toEqual([
      ["other", "outermost TypeError @1: Cannot read properties of undefined (reading 'rows')"],
      [
        "other",
        'outermost Database Error @4: Database Error in model stg_orders (models/stg_orders.sql)\n  column "sku" does not exist',
      ],
    ]);
  });
});

describe("a log too large to keep", () => {
  const block = Buffer.from(
    `${at} {loader.py:20} INFO - batch of shop.orders was written without trouble\n`.repeat(800),
  );
  async function* large(blocks: number, inside: string): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < blocks; index += 1) {
      if (index === blocks >> 1) yield Buffer.from(inside);
      yield block;
    }
  }
  const traceback = [
    `${at} {loader.py:30} ERROR - writing failed`,
    "Traceback (most recent call last):",
    '  File "/opt/airflow/dags/loader.py", line 30, in write',
    "    cursor.execute(statement)",
    "sqlite3.OperationalError: disk I/O error",
    "",
  ].join("\n");

  it("keeps its head, its end and the traceback in its middle, with true line numbers", async () => {
    const log = await read(large(400, traceback));
    const middle = 200 * 800;
    expect(log.lineCount).toBe(400 * 800 + 5);
    expect(log.line(1)).toContain("without trouble");
    expect(log.line(log.lineCount)).toContain("without trouble");
    expect(log.line(100_000)).toBeNull();
    expect(log.line(middle + 5)).toBe("sqlite3.OperationalError: disk I/O error");
    expect(shape(log.chains[0])).toEqual([`outermost sqlite3.OperationalError @${middle + 5}: disk I/O error`]);
    expect(log.records.some((record) => record.firstLine === middle + 1 && record.level === "error")).toBe(true);
    expect(log.warnings.join(" ")).toContain("large");
  });

  it("keeps the first of a hundred thousand equal errors and their number", async () => {
    const log = await read(
      large(200, `${at} {loader.py:31} ERROR - row 4711 refused by shop.orders\n`.repeat(100_000)),
    );
    const kept = log.records.filter((record) => record.message.endsWith("refused by shop.orders"));
    expect(kept).toHaveLength(3);
    expect(log.repeats.get(kept[0]?.firstLine ?? 0)).toBe(99_997);
  });

  it("holds no more of a log six times as long", async () => {
    const small = [...(await read(large(150, traceback))).retained()].length;
    const sixfold = [...(await read(large(900, traceback))).retained()].length;
    expect(sixfold).toBeLessThan(small * 1.1);
  });

  it("keeps as much of a large NDJSON log", async () => {
    const record = (level: string, event: string): string =>
      `${JSON.stringify({ timestamp: "2026-03-01T02:00:00Z", level, logger: "task", event, dag_id: "orders", task_id: "load", run_id: "manual__1" })}\n`;
    const chatter = Buffer.from(record("info", "batch written").repeat(1_000));
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 120; index += 1) {
        if (index === 90) yield Buffer.from(record("error", "disk shop-7 is full\nsecond line"));
        yield chatter;
      }
    }
    const log = await read(bytes());
    expect(log.lineCount).toBe(120_002);
    expect(log.line(90_001)).toBe("disk shop-7 is full");
    expect(log.line(90_002)).toBe("second line");
  });
});
