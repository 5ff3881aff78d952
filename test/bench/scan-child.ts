import { open } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { createWorkerAnalyzer } from "../../src/logs/worker.js";

/** What reading one file took, told to the parent on stdout. */
export interface ScanReport {
  readonly ms: number;
  /** Processor time of all threads. */
  readonly cpuMs: number;
  readonly lines: number;
  /** Peak of the whole process over what it had before its worker was started. */
  readonly memoryMb: number;
}

/** Runs in a process of its own, so that its memory is told apart: `node scan-child.js FILE`. */
const file = process.argv[2] ?? "";
const readAtOnce = 256 * 1024;
const bare = process.memoryUsage.rss();
const analyzer = createWorkerAnalyzer({ redactor: { configuredSecrets: [] } });
const first = await analyzer.open([
  { name: "first", tryNumber: 1, format: "text", bytes: inOneBuffer(import.meta.filename) },
]);
await first.close();

const cpu = process.cpuUsage();
const started = performance.now();
const session = await analyzer.open([{ name: "scan", tryNumber: 1, format: "text", bytes: inOneBuffer(file) }]);
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const lines = await session.lineCount();
await analyzer.close();
const memoryMb = (process.resourceUsage().maxRSS * 1024 - bare) / (1024 * 1024);
process.stdout.write(JSON.stringify({ ms, cpuMs: (user + system) / 1_000, lines, memoryMb } satisfies ScanReport));

async function* inOneBuffer(path: string): AsyncGenerator<Uint8Array> {
  const handle = await open(path);
  const buffer = Buffer.alloc(readAtOnce);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
