import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** Containers may forbid to trace; then only the order that the process itself sees is proven, in test/unit/store. */
const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;
if (!canTrace) process.stdout.write("strace can't run here: what the kernel sees of a commit is not shown.\n");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipewright-strace-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The writer begins three transactions at once, and the next three when all are acknowledged. */
const perRound = 3;
const rounds = 12;

describe("the file store, as the kernel sees it", () => {
  it.runIf(canTrace)(
    "has fsynced the file, renamed it and fsynced its folder before each acknowledgement",
    async () => {
      const trace = join(folder, "trace");
      const child = spawn(
        "strace",
        ["-f", "-y", "-e", "trace=fsync,fdatasync,rename,write", "-o", trace, process.execPath, writer, folder, "0"],
        // A group of its own: strace passes no signal on to what it traces.
        { stdio: ["ignore", "pipe", "inherit"], detached: true },
      );
      const exited = once(child, "exit");
      let acknowledged = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        if (/^\d+$/.test(line)) acknowledged += 1;
        if (acknowledged === perRound * rounds) process.kill(-(child.pid ?? 0), "SIGKILL");
      }
      await exited;

      const steps = stepsOf(await readFile(trace, "utf8"));
      expect(steps.filter((step) => step === "acknowledged").length).toBeGreaterThanOrEqual(perRound * rounds);
      let reached = 0;
      let said = 0;
      for (const step of steps) {
        if (step === order[reached]) reached += 1;
        if (step !== "acknowledged") continue;
        // Of each round the first acknowledgement needs a whole commit since the round before.
        if (said % perRound === 0) expect(reached, `before acknowledgement ${said + 1}`).toBe(order.length);
        said += 1;
        if (said % perRound === 0) reached = 0;
      }
    },
  );
});

const writer = "test/unit/store/writer.mjs";
const order: readonly string[] = ["fsync file", "rename", "fsync folder"];

/** The calls of the trace as they ended; one that another thread interrupted stands there in two lines. */
function stepsOf(trace: string): readonly string[] {
  const begun = new Map<string, string>();
  return trace.split("\n").flatMap((line) => {
    const thread = line.slice(0, line.indexOf(" "));
    if (line.endsWith("<unfinished ...>")) {
      begun.set(thread, line);
      return [];
    }
    const whole = line.includes(" resumed>") ? `${begun.get(thread) ?? ""} ${line}` : line;
    const step = stepOf(whole);
    return step === null || whole.includes("= -1") ? [] : [step];
  });
}

function stepOf(call: string): string | null {
  if (/ fsync\(\d+<[^>]*store\.json\.new>/.test(call)) return "fsync file";
  if (/ rename\("[^"]*store\.json\.new"/.test(call)) return "rename";
  if (/ fsync\(\d+<[^>]*pipewright-strace-\w+>/.test(call)) return "fsync folder";
  if (/ write\(1<[^>]*>, "\d+\\n"/.test(call)) return "acknowledged";
  return null;
}
