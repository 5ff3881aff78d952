import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UpstreamError } from "../../src/core/errors.js";
import type { OutboxItem, Store } from "../../src/core/store.js";
import { createDispatcher, type OutboxHandler } from "../../src/flows/dispatch-outbox.js";
import { orderWork } from "../../src/flows/order-work.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";

let dataDir: string;
let store: Store;
const clock = movedClock("2026-03-01T08:00:00Z");
const ids = createIds(randomBytes, clock);
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-outbox-"));
  store = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const order = (kind: OutboxItem["kind"], subject: string, n = 0) =>
  store.transact((tx) => orderWork(tx, { kind, subject, payload: { n } }, { clock, ids }));
const left = () => store.transact((tx) => tx.outbox.find());
const dispatcher = (handlers: Partial<Record<OutboxItem["kind"], OutboxHandler>>) =>
  createDispatcher({
    store,
    clock,
    logger: silentLogger,
    handlers: new Map(Object.entries(handlers) as [OutboxItem["kind"], OutboxHandler][]),
  });
const outage = () => new UpstreamError("down", "", "unreachable", true, false);

describe("ordered work", () => {
  it("is done in the order it came for a subject, and forgotten then", async () => {
    for (const n of [1, 2, 3]) await order("decide", "pro_1", n);
    const done: unknown[] = [];
    await dispatcher({ decide: async (item) => void done.push(item.payload["n"]) }).idle();
    expect(done).toEqual([1, 2, 3]);
    expect(await left()).toEqual([]);
  });

  it("of one subject waits for its first, and does not hold up another", async () => {
    await order("decide", "pro_1", 1);
    await order("decide", "pro_1", 2);
    await order("decide", "pro_2", 9);
    const done: unknown[] = [];
    let down = true;
    const work = dispatcher({
      decide: async (item) => {
        if (item.payload["n"] === 1 && down) throw outage();
        done.push(item.payload["n"]);
      },
    });
    await work.idle();
    expect(done).toEqual([9]);
    down = false;
    clock.move(1_000);
    await work.idle();
    expect(done).toEqual([9, 1, 2]);
  });

  it("is tried again after longer and longer pauses, whatever the error, and never dropped", async () => {
    await order("publish", "inc_1");
    let tries = 0;
    const work = dispatcher({
      publish: async () => {
        tries += 1;
        throw tries % 2 === 0 ? outage() : new Error("a bug");
      },
    });
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]) {
      await work.idle();
      const before = tries;
      clock.move(pause - 1);
      await work.idle();
      expect(tries).toBe(before);
      clock.move(1);
    }
    await work.idle();
    expect(tries).toBe(9);
    expect((await left())[0]).toMatchObject({ attempts: 9 });
  });

  it("to show a subject is done once for all who asked, and once more for who asks meanwhile", async () => {
    for (const n of [1, 2, 3, 4, 5]) await order("publish", "inc_1", n);
    const shown: unknown[] = [];
    const work = dispatcher({
      publish: async (item) => {
        shown.push(item.payload["n"]);
        if (shown.length === 1) await order("publish", "inc_1", 6);
      },
    });
    await work.idle();
    expect(shown).toEqual([5, 6]);
    expect(await left()).toEqual([]);
  });

  it("is kept for later when its handler says so", async () => {
    await order("verify", "pro_1");
    let looks = 0;
    const work = dispatcher({
      verify: async () => {
        looks += 1;
        return looks < 3 ? { retryAt: new Date(clock.now().getTime() + 5_000) } : undefined;
      },
    });
    await work.idle();
    await work.idle();
    expect(looks).toBe(1);
    clock.move(5_000);
    await work.idle();
    clock.move(5_000);
    await work.idle();
    expect(looks).toBe(3);
    expect(await left()).toEqual([]);
  });

  it("in hand is finished at a stop, and what is not begun is done after the next start", async () => {
    await order("execute", "pro_1");
    let finish = (): void => undefined;
    let begun = (): void => undefined;
    const inHand = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const done: string[] = [];
    const execute: OutboxHandler = (item) =>
      new Promise<void>((resolve) => {
        begun();
        finish = () => {
          done.push(item.subject);
          resolve();
        };
      });
    const first = dispatcher({ execute });
    first.start();
    await inHand;
    const stopped = first.stop();
    await order("execute", "pro_2");
    finish();
    await stopped;
    expect(done).toEqual(["pro_1"]);
    expect((await left()).map((item) => item.subject)).toEqual(["pro_2"]);
    await dispatcher({ execute: async (item) => void done.push(item.subject) }).idle();
    expect(done).toEqual(["pro_1", "pro_2"]);
  });

  it("in hand is not begun a second time by a wake", async () => {
    await order("execute", "pro_1");
    let begins = 0;
    let finish = (): void => undefined;
    const work = dispatcher({
      execute: () => {
        begins += 1;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
      decide: async () => {
        if (begins === 1) finish();
      },
    });
    const idle = work.idle();
    await order("decide", "pro_2");
    work.start();
    work.wake();
    await idle;
    await work.stop();
    expect(begins).toBe(1);
  });

  it("that does not end holds a stop no longer than its deadline, and is still there", async () => {
    await order("execute", "pro_1");
    let begun = (): void => undefined;
    const inHand = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const work = dispatcher({
      execute: () => {
        begun();
        return new Promise<void>(() => undefined);
      },
    });
    work.start();
    await inHand;
    await work.stop(AbortSignal.abort());
    expect(await left()).toHaveLength(1);
  });
});
