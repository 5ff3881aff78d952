import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { emptyCase } from "../../../src/core/case.js";
import { type InputError, UpstreamError } from "../../../src/core/errors.js";
import type { LogAnalyzer, LogInput } from "../../../src/core/ports.js";
import { diagnose } from "../../../src/core/rca/diagnose.js";
import { createInlineAnalyzer } from "../../../src/logs/inline-analyzer.js";
import { createLogAnalyzer, type WorkerAnalyzerConfig } from "../../../src/logs/worker.js";

const built = new URL("../../../dist/src/logs/worker.js", import.meta.url);
const redactor = { configuredSecrets: ["own-secret-4711"] };
const text = [
  "[2026-03-01T02:00:00.000+0000] {databricks.py:1} INFO - Run submitted with run_id: 81001",
  "[2026-03-01T02:00:01.000+0000] {load.py:1} INFO - login with own-secret-4711",
  "[2026-03-01T02:00:02.000+0000] {taskinstance.py:1} ERROR - Task failed with exception",
  "Traceback (most recent call last):",
  '  File "/opt/airflow/dags/load.py", line 3, in run',
  "ModuleNotFoundError: No module named 'ratesclient'",
  "",
].join("\n");

async function* inPieces(content: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 50) yield Buffer.from(content.slice(at, at + 50), "utf8");
}

function log(content: string | AsyncIterable<Uint8Array>, tryNumber = 1): LogInput {
  const bytes = typeof content === "string" ? inPieces(content) : content;
  return { name: "try.log", tryNumber, format: "unknown", bytes };
}

let opened: LogAnalyzer | null = null;
afterEach(async () => {
  vi.useRealTimers();
  await opened?.close();
  opened = null;
});

async function createBuilt(config: Partial<WorkerAnalyzerConfig> = {}): Promise<LogAnalyzer> {
  const module: typeof import("../../../src/logs/worker.js") = await import(/* @vite-ignore */ fileURLToPath(built));
  return module.createWorkerAnalyzer({ redactor, ...config });
}

const kinds: readonly (readonly [name: string, create: () => Promise<LogAnalyzer>])[] = [
  ["inline", async () => createInlineAnalyzer({ diagnose, redactor })],
  ["from source", async () => createLogAnalyzer({ redactor })],
  ["in the built worker", () => createBuilt()],
];

describe.each(kinds)("the analyzer %s", (_, create) => {
  it("names runs, diagnoses, condenses and shows lines of one session", async () => {
    opened = await create();
    const session = await opened.open([log(text, 2), log("Run submitted with run_id: 70007", 1)]);
    expect(await session.lineCount()).toBe(6);
    expect((await session.jobRunCandidates(emptyCase)).map((run) => run.runId)).toEqual(["81001", "70007"]);
    const verdict = await session.diagnose(emptyCase);
    expect(verdict.evidence[0]).toMatchObject({
      source: "log",
      line: 6,
      text: "ModuleNotFoundError: No module named 'ratesclient'",
    });
    expect(verdict.redactions).toBe(1);
    expect(await session.condense(300)).toContain("6| ModuleNotFoundError: No module named 'ratesclient'");
    expect(await session.lines(2, 3)).toEqual([
      { line: 2, text: "[2026-03-01T02:00:01.000+0000] {load.py:1} INFO - login with [REDACTED:configured]" },
      { line: 3, text: "[2026-03-01T02:00:02.000+0000] {taskinstance.py:1} ERROR - Task failed with exception" },
    ]);
    expect(await session.lines(-5, 99)).toHaveLength(6);
    await session.close();
  });

  it("works without any log, and holds several sessions at once", async () => {
    opened = await create();
    const analyzer = opened;
    const sessions = await Promise.all([
      analyzer.open([]),
      analyzer.open([log("one\n")]),
      analyzer.open([log("one\ntwo\n")]),
    ]);
    expect(await Promise.all(sessions.map((session) => session.lineCount()))).toEqual([0, 1, 2]);
    expect(await sessions[0]?.condense(100)).toBe("");
    expect((await sessions[0]?.diagnose(emptyCase))?.outcome).toBe("abstained");
  });

  it("refuses what is no log with what to do, and goes on", async () => {
    opened = await create();
    async function* zip(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("PK\x03\x04rest of an archive", "latin1");
    }
    const refused = await opened.open([log(zip())]).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "input",
      message: "try.log is not a log but a zip archive; unpack it first.",
    });
    expect((refused as InputError).fix).toContain("task log");
    expect(await (await opened.open([log("fine\n")])).lineCount()).toBe(1);
  });

  it("hands on what the source of the bytes throws", async () => {
    opened = await create();
    const lost = new UpstreamError("Airflow went away.", "Try again.", "unreachable", true, false);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("line\n".repeat(100_000));
      throw lost;
    }
    await expect(opened.open([log(broken())])).rejects.toBe(lost);
  });
});

describe("the built worker", () => {
  it("is there: npm test builds before it runs", () => {
    expect(existsSync(built)).toBe(true);
  });

  it("asks for bytes as it can take them, not faster", async () => {
    opened = await createBuilt();
    let given = 0;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 40; index += 1) {
        given += 1;
        if (index === 20) await gate;
        yield Buffer.from(Array.from({ length: 20_000 }, (_, line) => `line ${index * 20_000 + line + 1}\n`).join(""));
      }
    }
    const opening = opened.open([log(slow())]);
    const other = await opened.open([log("quick\n")]);
    expect(await other.lineCount()).toBe(1);
    expect(given).toBeLessThanOrEqual(21);
    release();
    const session = await opening;
    expect(await session.lineCount()).toBe(800_000);
    for (const line of [1, 60_000, 799_999, 800_000])
      expect(await session.lines(line, line)).toEqual([{ line, text: `line ${line}` }]);
  });

  it("hands on what the source throws while the worker reads what came before", async () => {
    opened = await createBuilt();
    const lost = new UpstreamError("Airflow went away.", "Try again.", "unreachable", true, false);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("line\n".repeat(400_000));
      throw lost;
    }
    await expect(opened.open([log(broken())])).rejects.toBe(lost);
    expect(await (await opened.open([log("fine\n")])).lineCount()).toBe(1);
  });

  it("waits beyond its deadline for a source that is slow, as long as it has nothing to do itself", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    opened = await createBuilt({ deadlineMs: 1_000 });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("first\n".repeat(100_000));
      await gate;
      yield Buffer.from("second\n");
    }
    const opening = opened.open([log(slow())]);
    // What the worker is sent it takes in order: behind each quick log it has answered what it was asked before.
    for (let passed = 0; passed < 5; passed += 1) {
      await (await opened.open([log("quick\n")])).close();
      vi.advanceTimersByTime(1_001);
    }
    release();
    expect(await (await opening).lineCount()).toBe(100_001);
  });

  it("is ended at its deadline, says so, and the next log is read by a new one", async () => {
    opened = await createBuilt({ deadlineMs: 1 });
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("ERROR: the same thing over and over again\n".repeat(2_000_000));
    }
    const stopped = await opened.open([log(endless())]).catch((error: unknown) => error);
    expect(stopped).toMatchObject({ code: "upstream", reason: "timeout", retryable: true });
    await opened.close();
    opened = await createBuilt();
    expect(await (await opened.open([log("fine\n")])).lineCount()).toBe(1);
  });

  it("refuses calls on a session whose thread is gone", async () => {
    opened = await createBuilt();
    const session = await opened.open([log(text)]);
    await opened.close();
    await expect(session.lineCount()).rejects.toMatchObject({ code: "upstream" });
    await session.close();
  });
});
