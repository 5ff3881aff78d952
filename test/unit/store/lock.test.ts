import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLock, LockedError } from "../../../src/store/lowdb/lock.js";
import { processStart } from "../../../src/store/lowdb/process-start.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipewright-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the lock of a data folder", () => {
  it("is held by one, named to the next, and free after its release", async () => {
    const lock = await acquireLock(folder, { role: "start" });
    const second = await acquireLock(folder, { role: "mcp" }).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(LockedError);
    expect(second).toMatchObject({ pid: process.pid, role: "start" });
    expect(String(second)).toContain(`process ${process.pid} (pipewright start)`);
    await lock.release();
    const third = await acquireLock(folder, { role: "mcp" });
    await third.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over at once from an owner that is dead, also when its pid lives again in another process", async () => {
    const child = fork(new URL("./nothing.mjs", import.meta.url), { stdio: "ignore" });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    child.kill("SIGKILL");
    await once(child, "exit");
    await writeClaim(pid, "long ago");
    await (await acquireLock(folder, { role: "start" })).release();
    await writeClaim(process.pid, "another process of this number");
    await (await acquireLock(folder, { role: "start" })).release();
    await writeClaim(process.pid, await processStart(process.pid));
    await expect(acquireLock(folder, { role: "start" })).rejects.toBeInstanceOf(LockedError);
  });

  it("goes to exactly one of twenty who find the same dead owner", async () => {
    for (let round = 0; round < 10; round += 1) {
      await writeClaim(process.pid, "dead");
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => acquireLock(folder, { role: "start" })),
      );
      const held = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      expect(held).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(LockedError);
      }
      await held[0]?.release();
    }
    expect((await readdir(folder)).filter((name) => name === "lock.json")).toEqual([]);
  });

  it("is not taken from a file that Pipewright did not write: a person must look", async () => {
    await writeFile(join(folder, "lock.json"), "mine!");
    await expect(acquireLock(folder, { role: "start" })).rejects.toThrow("is not a lock that Pipewright wrote");
  });

  it("held by another machine is not judged from here", async () => {
    const claim = { token: "a".repeat(24), pid: 1, start: "x", host: "elsewhere", role: "start" };
    await writeFile(join(folder, "lock.json"), JSON.stringify(claim));
    await expect(acquireLock(folder, { role: "start" })).rejects.toThrow("on elsewhere");
  });

  it("sweeps what starters left that died an hour ago, and leaves what is fresh", async () => {
    const old = join(folder, `lock.draft.${"c".repeat(24)}.json`);
    const fresh = join(folder, `lock.draft.${"d".repeat(24)}.json`);
    await writeFile(old, "{}");
    await writeFile(fresh, "{}");
    await utimes(old, new Date("2026-01-01"), new Date("2026-01-01"));
    const lock = await acquireLock(folder, { role: "start" });
    await lock.release();
    expect(await readdir(folder)).toEqual([fresh.slice(folder.length + 1)]);
  });

  it("finds its way past a starter that died in the middle of taking over", async () => {
    await writeClaim(process.pid, "dead");
    await writeFile(
      join(folder, `lock.${"a".repeat(24)}.json`),
      JSON.stringify({ token: "b".repeat(24), pid: process.pid, start: "dead too", role: "start" }),
    );
    const lock = await acquireLock(folder, { role: "start" });
    await expect(acquireLock(folder, { role: "start" })).rejects.toBeInstanceOf(LockedError);
    await lock.release();
  });
});

function writeClaim(pid: number, start: string | null): Promise<void> {
  return writeFile(join(folder, "lock.json"), JSON.stringify({ token: "a".repeat(24), pid, start, role: "start" }));
}
