import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tellingOfLarge } from "../../src/logs/decode/telling-of-large.js";
import { type Figure, median } from "./figure.js";
import type { ScanReport } from "./scan-child.js";

const run = promisify(execFile);
const size = 1024 ** 3;
const runs = 5;
const targetMb = 96;
const child = fileURLToPath(new URL("./scan-child.js", import.meta.url));

/** P4: reading 1 GB in the worker beside grep counting the same words, in turns; the peak of memory over the bare process. */
export async function benchScan(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  try {
    const file = join(folder, "1gb.log");
    writeLog(file);
    const patterns = tellingOfLarge.join("|");
    const wall: number[] = [];
    const processor: number[] = [];
    const withoutCase: number[] = [];
    const ours: number[] = [];
    const memory: number[] = [];
    for (let turn = 0; turn < runs; turn += 1) {
      const exact = await timeGrep("-cE", patterns, file);
      const report = JSON.parse((await run(process.execPath, [child, file])).stdout) as ScanReport;
      const folding = await timeGrep("-ciE", patterns, file);
      wall.push(exact.ms / report.ms);
      processor.push(exact.cpuMs / report.cpuMs);
      withoutCase.push(folding.ms / report.ms);
      ours.push(report.ms);
      memory.push(report.memoryMb);
    }
    const times = (ratios: readonly number[]): string =>
      `${median(ratios).toFixed(2)} x (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
    return {
      name: `scan of a 1 GB log for every telling word (running worker; 1 telling line of ${tellingEvery})`,
      measured: `${times(wall)} grep -cE, by processor time of all threads ${times(processor)}; ${times(withoutCase)} grep -ciE, which finds what we find (median of ${runs} runs in turns; ours ${(median(ours) / 1000).toFixed(2)} s); memory +${Math.max(...memory).toFixed(0)} MB`,
      target: `>= 1.00 x grep -cE; memory <= +${targetMb} MB`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeGrep(
  kind: "-cE" | "-ciE",
  patterns: string,
  file: string,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const script = "TIMEFORMAT='%R %U %S'; time grep \"$@\"";
  const { stderr } = await run("bash", ["-c", script, "bash", kind, patterns, file], {
    env: { ...process.env, LC_ALL: "C" },
  });
  const [real = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { ms: real * 1_000, cpuMs: (user + system) * 1_000 };
}

const tellingEvery = 2_000;

/** Chatter of a loader, and one telling line in so many. */
function writeLog(file: string): void {
  const to = openSync(file, "w");
  let written = 0;
  for (let n = 0; written < size; ) {
    const lines: string[] = [];
    for (const end = n + 20_000; n < end; n += 1) {
      const stamp = `[2026-03-01T02:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}.000+0000]`;
      lines.push(
        n % tellingEvery === 0
          ? `${stamp} {loader.py:91} ERROR - batch ${n} was refused by the store`
          : `${stamp} {loader.py:${20 + (n % 30)}} INFO - batch ${n} of shop.orders: ${n * 37} rows from part-${n % 200}.parquet`,
      );
    }
    written += writeSync(to, `${lines.join("\n")}\n`);
  }
  closeSync(to);
}
