import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCase } from "../../../src/core/case.js";
import type { LogInput } from "../../../src/core/ports.js";
import { diagnose } from "../../../src/core/rca/diagnose.js";
import type { Verdict } from "../../../src/core/verdict.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { createInlineAnalyzer } from "../../../src/logs/inline-analyzer.js";
import type { LogLimits } from "../../../src/logs/log-limits.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const config = { configuredSecrets: ["Sommer-Regen-19"] };
const redactor = createRedactor(config);
const inMemory: LogLimits = { wholeChars: 64_000_000, wholeLines: 1_000_000, tailLength: 1_048_576 };
/** Everything behind the first lines takes the path of logs beyond memory. */
const beyondMemory: LogLimits = { wholeChars: 6_000, wholeLines: 60, tailLength: 4_096 };

type Form = LogInput["format"];

function input(bytes: Uint8Array, format: Form, chunk: number): LogInput {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    /** One block, as the worker has it: what is read later must not look into it again. */
    const block = new Uint8Array(chunk);
    for (let at = 0; at < bytes.length; at += chunk) {
      const part = bytes.subarray(at, at + chunk);
      block.set(part);
      yield block.subarray(0, part.length);
    }
  }
  return { name: "try.log", tryNumber: 1, format, bytes: pieces() };
}

async function verdictOf(bytes: Uint8Array, format: Form, limits: LogLimits, chunk = 1_000): Promise<Verdict> {
  const session = await createInlineAnalyzer({ diagnose, redactor: config, limits }).open([
    input(bytes, format, chunk),
  ]);
  return session.diagnose(emptyCase);
}

function stamped(n: number, level: string, message: string): string {
  return `[2026-04-02T03:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000+0000] {stock.py:7} ${level} - ${message}`;
}

const chatter = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => stamped(from + n, "INFO", `shelf ${from + n} of warehouse_4 counted`));

const ending = [
  stamped(5_000, "ERROR", "Task failed with exception"),
  "Traceback (most recent call last):",
  '  File "/opt/airflow/dags/stock.py", line 41, in write_counts',
  '    cursor.execute(insert, ("Sommer-Regen-19", counts))',
  'psycopg2.errors.UndefinedColumn: column "shelf_code" of relation "stock_counts" does not exist',
  stamped(5_001, "INFO", "Task exited with return code 1"),
];

/** The cause in the middle, far from the end; at the end only that the task exited. */
const causeInTheMiddle = [
  ...chatter(150),
  "\u001b[31mERROR\u001b[0m: login as counter with password=Winter99Frost refused, trying the next host",
  ...chatter(150, 200),
  ...ending.slice(0, -1),
  ...chatter(300, 400),
  ...ending.slice(-1),
];

function told({ warnings: _, redactions: __, ...verdict }: Verdict): unknown {
  return verdict;
}

const decoratedForms: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["line feeds", Buffer.from(causeInTheMiddle.join("\n"))],
  ["carriage returns", Buffer.from(causeInTheMiddle.join("\r\n"))],
  [
    "colours",
    Buffer.from(causeInTheMiddle.map((line) => line.replace("ERROR", "\u001b[1;31mERROR\u001b[0m")).join("\n")),
  ],
  ["NULs", Buffer.from(causeInTheMiddle.map((line) => line.replace("shelf 21", "sh\0elf 21")).join("\n"))],
  [
    "torn UTF-8",
    Buffer.concat(
      causeInTheMiddle.map((line) => Buffer.concat([Buffer.from(line), Buffer.from([0x20, 0xe2, 0x82, 0x0a])])),
    ),
  ],
  [
    "a line of a megabyte",
    Buffer.from(causeInTheMiddle.map((line, n) => (n === 330 ? line + " and on".repeat(150_000) : line)).join("\n")),
  ],
];

describe("a log beyond memory", () => {
  it.each(decoratedForms)(
    "with %s gets the verdict, evidence and redactions it would get in memory",
    async (_, bytes) => {
      const whole = await verdictOf(bytes, "text", inMemory);
      const large = await verdictOf(bytes, "text", beyondMemory);
      expect(large.warnings.join(" ")).toContain("The log is large");
      expect(whole.warnings.join(" ")).not.toContain("The log is large");
      expect(told(large)).toEqual(told(whole));
      expect(large.redactions).toBe(whole.redactions);
      expect(large).toMatchObject({ outcome: "diagnosed", signature: "column-not-found" });
      expect(JSON.stringify(large)).not.toMatch(/Sommer-Regen-19|Winter99Frost/);
    },
  );

  it("gets the same as Airflow 3's records", async () => {
    const records = [...chatter(150), "refused the login with password=Winter99Frost", ...chatter(250, 200)].map(
      (event) => JSON.stringify({ timestamp: "2026-04-02T03:00:00Z", level: "info", logger: "task.stdout", event }),
    );
    records.splice(
      300,
      0,
      JSON.stringify({
        timestamp: "2026-04-02T03:10:00Z",
        level: "error",
        logger: "task",
        event: "Task failed with exception",
        error_detail: [
          { exc_type: "ModuleNotFoundError", exc_value: "No module named 'shelfmap'", exc_notes: [], frames: [] },
        ],
      }),
    );
    const lines = Buffer.from(records.join("\n"));
    const body = Buffer.from(`{"content":[${records.join(",")}],"continuation_token":null}`);
    for (const [bytes, format] of [
      [lines, "v2-ndjson"],
      [body, "v2-json"],
    ] as const) {
      const whole = await verdictOf(bytes, format, inMemory);
      const large = await verdictOf(bytes, format, beyondMemory);
      expect(large.warnings.join(" ")).toContain("The log is large");
      expect(told(large)).toEqual(told(whole));
      expect(large).toMatchObject({ outcome: "diagnosed", object: "shelfmap" });
      expect(JSON.stringify(large)).not.toContain("Winter99Frost");
    }
  });

  it("holds every line it kept under the number and in the words it has in memory, however it is cut", async () => {
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 30 }).map((count) => chatter(count)) },
      fc.constantFrom(
        ending,
        ["ERROR: disk of worker 3 is full", "\tat java.base/Disk.write(Disk.java:1)"],
        ["\u001b[33mWARN\u001b[0m slow", "", "   indented below"],
        ["\0\0 nothing \ufffd", "password=Winter99Frost refused"],
        ["-----BEGIN RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA7", "-----END RSA PRIVATE KEY-----"],
        [`{"error": "${"x".repeat(9_000)}"}`],
      ),
    );
    const made = fc.array(piece, { minLength: 12, maxLength: 40 }).map((parts) => [...chatter(80), ...parts.flat()]);
    await fc.assert(
      fc.asyncProperty(
        made,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 9_000 }),
        async (lines, end, chunk) => {
          const bytes = Buffer.from(lines.join(end));
          const read = (limits: LogLimits, size: number): Promise<DecodedLog> =>
            readLog(input(bytes, "text", size), redactor, limits);
          const [whole, large] = [await read(inMemory, bytes.length), await read(beyondMemory, chunk)];
          expect(large.lineCount).toBe(whole.lineCount);
          const other: number[] = [];
          for (let line = 1; line <= whole.lineCount; line += 1)
            if (large.line(line) !== null && large.line(line) !== whole.line(line)) other.push(line);
          expect(other).toEqual([]);
          const inTail = bytes.subarray(-beyondMemory.tailLength).toString("utf8").split("\n").length - 1;
          for (let line = whole.lineCount - inTail + 1; line <= whole.lineCount; line += 1)
            expect(large.line(line)).toBe(whole.line(line));
          expect(large.chains.at(-1)).toEqual(whole.chains.at(-1));
          expect(large.ends.at(-1)).toEqual(whole.ends.at(-1));
        },
      ),
      { numRuns: 150 },
    );
  });
});
