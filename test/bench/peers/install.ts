import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import envPaths from "env-paths";

const run = promisify(execFile);
const cache = envPaths("pipewright-bench", { suffix: "" }).cache;

/** A virtual environment with released packages, made once outside the checkout; `uv` is that of the Airflow beside it. */
export async function installPeer(name: string, packages: readonly string[], uv: string): Promise<string> {
  const venv = join(cache, name);
  const complete = join(venv, "complete");
  if (existsSync(complete)) return venv;
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run("python3", ["-m", "venv", venv]);
  await run(uv, ["pip", "install", "--quiet", "--python", join(venv, "bin/python"), ...packages]);
  writeFileSync(complete, "");
  return venv;
}
