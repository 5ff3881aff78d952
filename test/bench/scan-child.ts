import { createReadStream } from "node:fs";
import { performance } from "node:perf_hooks";
import { createWorkerAnalyzer } from "../../src/logs/worker.js";

/** What reading one file took, told to the parent on stdout. */
export interface ScanReport {
  readonly ms: number;
  readonly lines: number;
  /** Peak of the whole process over what it had before the first byte. */
  readonly memoryMb: number;
}

/** Runs in a process of its own, so that its memory is told apart: `node scan-child.js FILE`. */
const file = process.argv[2] ?? "";
const bare = process.memoryUsage.rss();
const analyzer = createWorkerAnalyzer({ redactor: { configuredSecrets: [] } });
const started = performance.now();
const bytes = createReadStream(file, { highWaterMark: 1024 * 1024 });
const session = await analyzer.open([{ name: "scan", tryNumber: 1, format: "text", bytes }]);
const ms = performance.now() - started;
const lines = await session.lineCount();
await analyzer.close();
const memoryMb = (process.resourceUsage().maxRSS * 1024 - bare) / (1024 * 1024);
process.stdout.write(JSON.stringify({ ms, lines, memoryMb } satisfies ScanReport));
