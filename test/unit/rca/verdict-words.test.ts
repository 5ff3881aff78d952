import { describe, expect, it } from "vitest";
import { emptyCase } from "../../../src/core/case.js";
import type { LogInput } from "../../../src/core/ports.js";
import { diagnose } from "../../../src/core/rca/diagnose.js";
import type { Verdict } from "../../../src/core/verdict.js";
import { createInlineAnalyzer } from "../../../src/logs/inline-analyzer.js";
import { parsePrefix } from "../../../src/logs/structure/prefix.js";
import { failedLog, info, task, verdictOn } from "./reading-of.js";

const own = '  File "/opt/airflow/dags/fees.py", line 12, in load';
const duplicate = 'psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "fees_pkey"';
const reset =
  "requests.exceptions.ConnectionError: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))";

async function afterTries(...logs: readonly (readonly string[])[]): Promise<Verdict> {
  const analyzer = createInlineAnalyzer({ diagnose, redactor: { configuredSecrets: [] } });
  const inputs = logs.map((traceback, index): LogInput => {
    const bytes = async function* (): AsyncIterable<Uint8Array> {
      yield new TextEncoder().encode(failedLog([], traceback));
    };
    return { name: `try-${logs.length - index}`, tryNumber: logs.length - index, format: "unknown", bytes: bytes() };
  });
  const session = await analyzer.open(inputs);
  try {
    return await session.diagnose(emptyCase);
  } finally {
    await session.close();
  }
}

describe("a verdict about the last try", () => {
  it("names what ended the try before, where that was something else", async () => {
    const verdict = await afterTries([own, duplicate], [own, reset]);
    expect(verdict.signature).toBe("duplicate-key");
    expect(verdict.alternatives[0]).toMatchObject({ category: "network_transient", signature: "connection-dropped" });
    expect(verdict.alternatives[0]?.why).toContain("try 1 ended otherwise: requests.exceptions.ConnectionError");
  });

  it("says nothing of a try before that ended by the same", async () => {
    const verdict = await afterTries([own, reset], [own, reset]);
    expect(verdict.alternatives.filter(({ why }) => why.includes("ended otherwise"))).toEqual([]);
  });

  it("keeps its sentence whole: a long name is cut in its middle, never the move at the end", async () => {
    const table = `warehouse_of_the_northern_region_archive.monthly_reconciliation_${"of_everything_".repeat(4)}final`;
    const log = failedLog([], [own, `psycopg2.errors.UndefinedTable: relation "${table}" does not exist`]);
    const facts = { task: task({ taskId: `load_the_${"very_".repeat(12)}long_task` }) };
    const { summary } = await verdictOn(log, facts);
    expect(summary.length).toBeLessThanOrEqual(160);
    expect(summary).toMatch(/\.$/);
    expect(summary).toMatch(/^Table warehouse_of_\w*…/);
  });

  it("does not end its evidence in what an operator prints while it waits", async () => {
    const waiting = [
      info("View run status, Spark UI, and logs at https://adb-1.example.net/run/7"),
      info("Sleeping for 30 seconds."),
    ];
    const verdict = await verdictOn(failedLog(waiting, [own, reset]));
    expect(verdict.evidence.map(({ text }) => text).join("\n")).not.toMatch(/Sleeping for|View run status/);
  });
});

describe("a time stamp with a zone of hours only", () => {
  it.each([
    ["[2031-05-04, 02:00:00 +03] {job.py:9} ERROR - it broke", "error", "it broke"],
    ["2031-05-04 02:00:00.123+03 ERROR it broke", "error", "it broke"],
    ["2031-05-04 02:00:00 -0330 WARN it waits", "warning", "it waits"],
    ["2031-05-04T02:00:00+05:30 INFO it runs", "info", "it runs"],
  ])("is read: %s", (line, level, message) => {
    expect(parsePrefix(line)).toMatchObject({ level, message });
  });
});
