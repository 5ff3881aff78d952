import { Tiktoken } from "js-tiktoken/lite";
import o200k from "js-tiktoken/ranks/o200k_base";
import { describe, expect, it } from "vitest";
import { condense } from "../../../src/logs/condense.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: [] });
const encoder = new Tiktoken(o200k);
const at = "[2026-03-01T02:00:00.000+0000]";

function read(lines: readonly string[]): Promise<DecodedLog> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines.join("\n"), "utf8");
  }
  return readLog({ name: "try.log", tryNumber: 1, format: "unknown", bytes: bytes() }, redactor);
}

/** 2 MB: chatter, the cause at a third of it, cascades behind. */
function noisyLog(): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < 18_000; index += 1) {
    lines.push(`${at} {loader.py:${index % 90}} INFO - batch ${index}: ${index * 7} rows of shop.orders, 0 errors`);
    if (index === 6_000)
      lines.push(
        `${at} {loader.py:91} ERROR - writing batch failed`,
        "Traceback (most recent call last):",
        '  File "/opt/airflow/dags/loader.py", line 88, in write',
        'psycopg2.errors.UndefinedColumn: column "discount_code" does not exist',
      );
    if (index > 6_000 && index % 30 === 0)
      lines.push(`${at} {loader.py:95} ERROR - batch ${index} skipped: transaction is aborted`);
  }
  return [
    ...lines,
    `${at} {taskinstance.py:1} ERROR - Task failed with exception`,
    "Traceback (most recent call last):",
    '  File "/opt/airflow/dags/loader.py", line 99, in run',
    "loader.LoadError: 400 batches failed",
  ];
}

describe("condensing", () => {
  it("keeps the cause of a 2 MB log, whatever came behind it, within 800 tokens", async () => {
    const log = await read(noisyLog());
    const text = await condense(log, 800);
    expect(encoder.encode(text, [], []).length).toBeLessThanOrEqual(800);
    expect(text).toContain('6005| psycopg2.errors.UndefinedColumn: column "discount_code" does not exist');
    expect(text).toContain("loader.LoadError: 400 batches failed");
    expect(text).toMatch(/skipped: transaction is aborted x399/);
  });

  it("never exceeds the budget, however small", async () => {
    const log = await read(noisyLog().slice(5_900, 6_200));
    for (const budget of [1, 2, 5, 17, 60, 150, 400, 1_500]) {
      const text = await condense(log, budget);
      expect(encoder.encode(text, [], []).length).toBeLessThanOrEqual(budget);
    }
  });

  it("numbers its lines as they stand in the log, in their order, and quotes them", async () => {
    const lines = noisyLog();
    const log = await read(lines);
    const shown = (await condense(log, 600)).split("\n");
    const numbers = shown.map((line) => Number(/^\s*(\d+)\| /.exec(line)?.[1]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    for (const line of shown) {
      const found = /^\s*(\d+)\| (.*?)(?: x\d+)?$/.exec(line);
      expect(lines[Number(found?.[1]) - 1]).toBe(found?.[2]);
    }
  });

  it("shows a log without any error by its end", async () => {
    expect(await condense(await read(["a", "b", "c"]), 50)).toBe("1| a\n2| b\n3| c");
  });

  it("survives endless words", async () => {
    const text = await condense(await read([`ERROR: ${"A".repeat(60_000)}`, `ERROR: ${"ab/".repeat(20_000)}`]), 300);
    expect(encoder.encode(text, [], []).length).toBeLessThanOrEqual(300);
  });
});
