import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** When a process began, in words that only equal themselves; null where the system does not tell. A pid alone is used again. */
export async function processStart(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    // The command's name stands in parentheses and may hold blanks; the start time is the 20th field behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields[19];
    // A killed process whose parent never asked for its end still has a pid, and holds nothing.
    if (fields[0] === "Z" || fields[0] === "X") return "ended";
    return ticks === undefined ? null : `${boot.trim()}:${ticks}`;
  } catch {
    return startByPs(pid);
  }
}

async function startByPs(pid: number): Promise<string | null> {
  if (process.platform === "win32" || process.platform === "linux") return null;
  try {
    const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
