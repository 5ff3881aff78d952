import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.js";

/** The program as it is installed, in a process of its own, configured by nothing but its environment. */
export interface RunningProduct {
  readonly consoleUrl: string;
  /** What it wrote to its own log so far. */
  log(): string;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
}

const root = join(import.meta.dirname, "../..");
let built: Promise<unknown> | null = null;

export async function startProduct(environment: Readonly<Record<string, string>>): Promise<RunningProduct> {
  built ??= promisify(execFile)("npm", ["run", "--silent", "build"], { cwd: root });
  await built;
  const dataDir = mkdtempSync(join(tmpdir(), "pipewright-live-"));
  const consolePort = await freePort();
  const child = spawn(process.execPath, ["dist/src/main.js", "start"], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      PIPEWRIGHT_DATA_DIR: dataDir,
      PIPEWRIGHT_CONSOLE_PORT: String(consolePort),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const deadline = Date.now() + 60_000;
  while (!out.includes("Open http")) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the program did not start:\n${out}`);
    }
    await pause(100);
  }
  return {
    consoleUrl: `http://127.0.0.1:${consolePort}/`,
    log: () => out,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      rmSync(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}
