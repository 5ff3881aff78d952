import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";

const hold = vi.hoisted(() => ({ next: null as Promise<void> | null, reached: () => undefined as unknown }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return {
    ...real,
    link: async (from: string, to: string) => {
      const waiting = hold.next;
      if (waiting !== null && !to.endsWith("lock.json")) {
        hold.next = null;
        hold.reached();
        await waiting;
      }
      return real.link(from, to);
    },
  };
});

const { acquireLock, LockedError } = await import("../../../src/store/lowdb/lock.js");

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

it("a starter that found the owner dead, and then slept while another took over, gets nothing", async () => {
  folder = await mkdtemp(join(tmpdir(), "pipewright-race-"));
  const dead = { token: "a".repeat(24), pid: process.pid, start: "dead", role: "start" };
  await writeFile(join(folder, "lock.json"), JSON.stringify(dead));
  let goOn = (): void => undefined;
  hold.next = new Promise((resolve) => {
    goOn = resolve;
  });
  const asleep = new Promise<void>((resolve) => {
    hold.reached = () => resolve();
  });
  const slow = acquireLock(folder, { role: "start" });
  await asleep;
  const quick = await acquireLock(folder, { role: "mcp" });
  goOn();
  await expect(slow).rejects.toBeInstanceOf(LockedError);
  await expect(acquireLock(folder, { role: "start" })).rejects.toMatchObject({ role: "mcp" });
  await quick.release();
});
