import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Investigation } from "../../src/agent/investigate.js";
import type { Proposal } from "../../src/core/approval/proposal.js";
import type { TaskFailure } from "../../src/core/failure.js";
import type { Incident } from "../../src/core/incident.js";
import type { Store } from "../../src/core/store.js";
import { investigateIncident } from "../../src/flows/investigate-incident.js";
import { publishIncident } from "../../src/flows/publish-incident.js";
import { settleIncidents } from "../../src/flows/settle-incidents.js";
import { takeFailure } from "../../src/flows/take-failure.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { openReading } from "../fixtures/open-reading.js";
import { recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposal as exampleProposal } from "../unit/cards/examples.js";
import { verdict } from "../unit/tools/literal-world.js";

const hour = 3_600_000;
let folder: string;
let clock: MovedClock;
let store: Store;
let chat: ReturnType<typeof recordingAdapter>;
let found: Investigation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-seen-"));
  clock = movedClock("2026-11-01T06:00:00Z");
  chat = recordingAdapter();
  found = investigation({});
  store = await open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openFileStore({ dataDir: folder, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
const investigation = (given: Parameters<typeof verdict>[0]): Investigation => ({
  verdict: verdict(given),
  blocked: [],
  owner: null,
  links: [],
  changes: ["The DAG changed: version 4 ran, the last good run had version 3."],
});

/** One failure from the alert to the thread; the incident as it then stands. */
async function fails(runId: string, over: Partial<TaskFailure> = {}): Promise<Incident> {
  const deps = {
    store,
    clock,
    ids: createIds(randomBytes, clock),
    logger: silentLogger,
    investigate: async () => found,
    proposals: {
      proposeForAlert: () => Promise.reject(new Error("no rerun in this story")),
    },
    ownerOf: () => null,
    readingRules: [],
  };
  const failure: TaskFailure = {
    kind: "airflow_task",
    connection: "airflow:prod",
    dagId: "bikes_daily",
    runId,
    taskId: "fetch_trips",
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    state: "failed",
    operator: "PythonOperator",
    startedAt: null,
    endedAt: clock.now().toISOString(),
    runAfter: null,
    ...over,
  };
  await takeFailure(failure, { ...deps, simulated: false });
  for (;;) {
    const [item] = await store.transact((tx) => tx.outbox.find());
    if (item === undefined) break;
    if (item.kind === "investigate")
      await investigateIncident(item, { ...deps, investigate: async () => unsure(found) });
    else {
      await publishIncident(item, {
        store,
        clock,
        digest: canonicalDigest,
        adapters: [chat],
        simulated: false,
        nameWords: async () => null,
        hideValues: (text) => text,
        runbooks: [],
        unkept: new Map(),
        reading: openReading,
      });
    }
    await store.transact((tx) => tx.outbox.delete(item.id));
  }
  const live = (await store.transact((tx) => tx.incidents.find({}, "current"))).filter(
    (incident) => incident.state === "diagnosed",
  );
  const [only] = live;
  if (only === undefined || live.length !== 1) throw new Error(`${live.length} live incidents`);
  return only;
}

/** Nothing is proposed by the alert in these stories. */
const unsure = (given: Investigation): Investigation => ({
  ...given,
  verdict: { ...given.verdict, rerunHelps: "unsure" },
});

/** It recovers, by a clear or by itself, and the next poll looks at it. */
async function recovers(incident: Incident, by: "clear" | "itself"): Promise<void> {
  clock.move(hour);
  const at = clock.now().toISOString();
  const clear = {
    do: "airflow_clear",
    connection: "airflow:prod",
    dagId: "bikes_daily",
    runId: "r",
    tasks: [],
    runOnLatestVersion: null,
  } as const;
  const spent: Proposal = {
    ...exampleProposal,
    id: `pro_${incident.id}`,
    incidentId: incident.id,
    plan: { ...exampleProposal.plan, incidentId: incident.id, steps: [clear] },
    state: "spent",
    execution: { state: "recovered", startedAt: at, endedAt: at, trail: [], outcome: "Recovered." },
  };
  await store.transact(async (tx) => {
    if (by === "clear") await tx.proposals.put(spent);
    await tx.incidents.put({ ...incident, state: "recovered", recoveredAt: at, updatedAt: at });
  });
  await poll();
  clock.move(72 * hour);
}

const poll = () =>
  settleIncidents({
    store,
    clock,
    ids: createIds(randomBytes, clock),
    logger: silentLogger,
    connections: { airflow: new Map(), databricks: new Map() },
    lookedAt: new Map(),
  });
const lastReasons = () => wordsOf(chat.messages.at(-1)?.card as never);

describe("has this happened before", () => {
  it("says what helped, over archived incidents and a restart, and what changed this time", async () => {
    await recovers(await fails("r1"), "clear");
    await recovers(await fails("r2"), "clear");
    await recovers(await fails("r3"), "itself");
    await store.close();
    store = await open();
    const hot = await store.transact((tx) => tx.incidents.find({}, "current"));
    expect(hot).toEqual([]);
    const fourth = await fails("r4");
    expect(fourth.history).toMatchObject({
      times: 3,
      words: "Seen 3 times before: twice a clear helped, once it went well without a rerun by Pipewright",
      lastAt: "2026-11-07T09:00:00.000Z",
    });
    expect(lastReasons()).toContain("twice a clear helped");
    expect(lastReasons()).toContain("What changed since the last good run");
  });

  it("finds the same object in another DAG though the exception reads otherwise, long archived", async () => {
    await recovers(await fails("r1"), "clear");
    found = investigation({ normalisedException: "ConnectionError: <n>" });
    const other = await fails("r9", { dagId: "trains_hourly", taskId: "pull" });
    expect(other.history?.words).toBe("Seen once before: once a clear helped");
  });

  it("finds an archived one by its fingerprint where its ending was never written down", async () => {
    await recovers(await fails("r1"), "clear");
    await store.transact(async (tx) => {
      for (const { id } of await tx.marks.find()) await tx.marks.delete(id);
    });
    expect((await fails("r2")).history?.words).toBe("Seen once before: once a clear helped");
  });

  it("does not take a similar failure of another object for it", async () => {
    await recovers(await fails("r1"), "clear");
    found = investigation({ object: "trains.example.org" });
    expect((await fails("r2")).history).toBeNull();
    expect(lastReasons()).not.toContain("before");
  });

  it("is counted once however often the poll looks at it", async () => {
    await recovers(await fails("r1"), "clear");
    await poll();
    await poll();
    expect((await fails("r2")).history?.times).toBe(1);
  });
});
