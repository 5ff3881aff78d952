import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createIds } from "../../../src/store/ids.js";
import { openFileStore } from "../../../src/store/lowdb/file-store.js";
import { movedClock } from "../../fixtures/moved-clock.js";
import { silentLogger } from "../../fixtures/silent-logger.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-kill-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const cycles = 15;

it("keeps every acknowledged row over fifteen kill -9, and no half transaction", async () => {
  const acknowledged: number[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const child = fork(new URL("./writer.mjs", import.meta.url), [dataDir, String(cycle)], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const enough = 5 + ((cycle * 7) % 40);
    let here = 0;
    for await (const line of linesOf(child)) {
      acknowledged.push(Number(line));
      here += 1;
      if (here === enough) child.kill("SIGKILL");
    }
    expect(here).toBeGreaterThanOrEqual(enough);
  }

  const clock = movedClock("2026-03-01T08:00:00Z");
  const store = await openFileStore({ dataDir, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
  const rows = await store.transact(async (tx) => ({ marks: await tx.marks.find(), audit: await tx.audit.find() }));
  const kept = new Set(rows.marks.map((mark) => Number(mark.id)));
  expect(acknowledged.filter((number) => !kept.has(number))).toEqual([]);
  // Each transaction writes a mark and an audit line: both or neither.
  expect(new Set(rows.audit.map((row) => Number(row.detail)))).toEqual(kept);
  expect(rows.audit.map((row) => row.seq)).toEqual(rows.audit.map((_row, index) => index + 1));
  await store.close();
}, 120_000);

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  const exited = once(child, "exit");
  if (child.stdout === null) throw new Error("no output");
  yield* createInterface({ input: child.stdout });
  await exited;
}
