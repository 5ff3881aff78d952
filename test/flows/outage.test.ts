import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { UpstreamError } from "../../src/core/errors.js";
import type { MessageCopy, OutboxItem } from "../../src/core/store.js";
import { createPollLoop, type PollLoop } from "../../src/flows/poll-loop.js";
import { publishOutage } from "../../src/flows/publish-incident.js";
import { tellOutages } from "../../src/flows/tell-outage.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { type MemoryStore, memoryStore } from "../fixtures/memory-store.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { openReading } from "../fixtures/open-reading.js";
import { type RecordingAdapter, recordingAdapter } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";

const minute = 60_000;
let clock: MovedClock;
let store: MemoryStore;
let chat: RecordingAdapter;
let unkept: Map<string, MessageCopy>;
let isDown: boolean;
let polls: number;
let loop: PollLoop;

beforeEach(() => {
  clock = movedClock("2026-05-04T03:00:00Z");
  store = memoryStore();
  chat = recordingAdapter();
  unkept = new Map();
  isDown = false;
  polls = 0;
  const watch = {
    connection: "airflow:prod",
    async poll() {
      polls += 1;
      if (isDown)
        throw new UpstreamError("Airflow airflow:prod does not answer.", "Start it.", "unreachable", true, false);
      return { found: 0 };
    },
  };
  const lead = { run: async (work: () => Promise<void>) => work().then(() => true), end: async () => undefined };
  const ids = createIds(randomBytes, clock);
  loop = createPollLoop([watch], {
    clock,
    logger: silentLogger,
    everyMs: 30_000,
    lead,
    afterRound: () => tellOutages(loop.status(), { store, clock, ids }),
  });
});

async function roundAfter(ms: number): Promise<void> {
  clock.move(ms);
  await loop.round();
  await publishAll();
}

async function publishAll(): Promise<void> {
  for (const item of await store.tx.outbox.find()) await publish(item);
}

async function publish(item: OutboxItem): Promise<void> {
  await publishOutage(item, {
    store,
    clock,
    digest: canonicalDigest,
    adapters: [chat],
    simulated: false,
    nameWords: async () => null,
    hideValues: (text) => text,
    runbooks: [],
    reading: openReading,
    unkept,
  });
  await store.tx.outbox.delete(item.id);
}

const said = () => chat.messages.map(({ card }) => card.fallback);

describe("an Airflow that can't be read", () => {
  it("is told of once, within a minute, and the message is edited when it answers again", async () => {
    await roundAfter(0);
    isDown = true;
    await roundAfter(30_000);
    expect(said()).toEqual([]);
    await roundAfter(10_000);
    expect(said()).toEqual(["airflow:prod can't be watched just now: Airflow airflow:prod does not answer. Start it."]);
    for (let round = 0; round < 20; round += 1) await roundAfter(10_000);
    isDown = false;
    await roundAfter(10_000);
    expect(said()).toEqual(["airflow:prod is watched again"]);
    const shown = JSON.stringify(chat.messages[0]?.card.blocks);
    expect(shown).toContain("2026-05-04T03:00:30.000Z");
    expect(shown).toContain("2026-05-04T03:04:10.000Z");
  });

  it("is no news when it answers at the next look", async () => {
    await roundAfter(0);
    isDown = true;
    await roundAfter(30_000);
    isDown = false;
    await roundAfter(10_000);
    expect(said()).toEqual([]);
  });

  it("is told of in the same message when it comes and goes, and in a new one hours later", async () => {
    const goDownAfter = async (ms: number): Promise<void> => {
      isDown = true;
      await roundAfter(ms);
      await roundAfter(10_000);
    };
    const comeBack = async (): Promise<void> => {
      isDown = false;
      await roundAfter(10_000);
    };
    await goDownAfter(0);
    await comeBack();
    await goDownAfter(5 * minute);
    expect(said()).toEqual([expect.stringContaining("can't be watched")]);
    await comeBack();
    await goDownAfter(120 * minute);
    expect(said()).toEqual(["airflow:prod is watched again", expect.stringContaining("can't be watched")]);
  });

  it("is not told of any more where it was over before it could be said", async () => {
    isDown = true;
    await loop.round();
    clock.move(10_000);
    await loop.round();
    const [begun] = await store.tx.outbox.find();
    await store.tx.outbox.delete(begun?.id ?? "");
    isDown = false;
    await roundAfter(10_000);
    expect(said()).toEqual([]);
  });

  it("is looked at again after five seconds instead of thirty", async () => {
    isDown = true;
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    loop.start();
    await settled();
    clock.move(4_999);
    await settled();
    expect(polls).toBe(1);
    clock.move(1);
    await settled();
    expect(polls).toBe(2);
    isDown = false;
    clock.move(5_000);
    await settled();
    clock.move(29_999);
    await settled();
    expect(polls).toBe(3);
    await loop.stop();
  });
});

describe("a message that stands while the store can't keep where", () => {
  it("is not posted a second time when the store is back", async () => {
    isDown = true;
    await loop.round();
    clock.move(10_000);
    await loop.round();
    const [order] = await store.tx.outbox.find();
    if (order === undefined) throw new Error("nothing was ordered");
    const { put } = store.tx.messages;
    store.tx.messages.put = () => Promise.reject(new Error("the disk is full"));
    await expect(publish(order)).rejects.toThrow("the disk is full");
    store.tx.messages.put = put;
    await publish(order);
    expect(said()).toHaveLength(1);
    expect(await store.tx.messages.find()).toMatchObject([{ address: { id: "m1" } }]);
    expect(unkept.size).toBe(0);
  });
});
