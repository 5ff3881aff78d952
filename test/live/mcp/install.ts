import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = resolve("test/live/mcp");
const cache = resolve(".cache/live");
const patience = { maxBuffer: 64 * 1024 * 1024, timeout: 300_000 };

/** The Python of a virtual environment with the pinned `mcp` package. */
export async function installPythonClient(): Promise<string> {
  const list = join(here, "requirements.txt");
  const folder = await once(`mcp-python-${digestOf(list)}`, async (venv) => {
    await run("python3", ["-m", "venv", venv], patience);
    await run(join(venv, "bin/python"), ["-m", "pip", "install", "--quiet", "-r", list], patience);
  });
  return join(folder, "bin/python");
}

/** The folder of the pinned programs of others, whose own install scripts are not run. */
export async function installMcpTools(): Promise<string> {
  const lock = join(here, "tools/package-lock.json");
  const folder = await once(`mcp-tools-${digestOf(lock)}`, async (into) => {
    mkdirSync(into, { recursive: true });
    for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(here, "tools", name), join(into, name));
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], {
      ...patience,
      cwd: into,
    });
  });
  return join(folder, "node_modules/.bin");
}

/** Made once for each version of its list; a half made one is made anew. */
async function once(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name);
  const complete = join(folder, "complete");
  if (existsSync(complete)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await make(folder);
  writeFileSync(complete, "");
  return folder;
}

function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
}
