import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Generation } from "./generation.js";

const run = promisify(execFile);
/** From the checkout's root, where the benches run too, compiled elsewhere. */
const cache = resolve(".cache/live");

/** A virtual environment with the pinned Airflow, made once for each version of the list; 550 to 700 MB. */
export async function installAirflow({ requirements: file }: Generation): Promise<string> {
  const requirements = resolve("test/live/airflow", file);
  const pinned = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const venv = join(cache, `airflow-${pinned}`);
  const complete = join(venv, "complete");
  if (existsSync(complete)) return venv;
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run("python3", ["-m", "venv", venv]);
  const python = join(venv, "bin/python");
  await run(python, ["-m", "pip", "install", "--quiet", "uv"]);
  await run(join(venv, "bin/uv"), ["pip", "install", "--quiet", "--python", python, "-r", requirements], {
    maxBuffer: 64 * 1024 * 1024,
  }).catch(() => run(python, ["-m", "pip", "install", "--quiet", "-r", requirements], { maxBuffer: 64 * 1024 * 1024 }));
  writeFileSync(complete, "");
  return venv;
}
