import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Figure } from "./figure.js";
import { median } from "./figure.js";

const runs = 5;
const targetMs = 600;

/** P11: from the start of the process until the port answers a health check; beside it what Node alone takes to start. */
export async function benchColdStart(): Promise<Figure> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    bare.push(await timeBareNode());
    ours.push(await timeUntilListening());
  }
  return {
    name: "cold start to listening",
    measured: `median ${median(ours).toFixed(0)} ms (node -e 0: ${median(bare).toFixed(0)} ms; ratio ${(median(ours) / median(bare)).toFixed(1)}; n=${runs})`,
    target: `<= ${targetMs} ms`,
  };
}

async function timeBareNode(): Promise<number> {
  const started = performance.now();
  await ended(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }));
  return performance.now() - started;
}

async function timeUntilListening(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  const port = await freePort();
  const started = performance.now();
  const bot = spawn(process.execPath, ["dist/src/main.js", "start"], {
    env: {
      ...process.env,
      PORT: String(port),
      PIPEWRIGHT_CONSOLE_PORT: "0",
      PIPEWRIGHT_DATA_DIR: folder,
      PIPEWRIGHT_SANDBOX: "1",
      LOG_LEVEL: "silent",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - started;
  } finally {
    bot.kill("SIGTERM");
    await ended(bot);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
  });
}
