import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UpstreamError } from "../../src/core/errors.js";
import type { TaskFailure } from "../../src/core/failure.js";
import type { Incident } from "../../src/core/incident.js";
import type { AirflowReader, Connections } from "../../src/core/ports.js";
import type { Store } from "../../src/core/store.js";
import { settleIncidents } from "../../src/flows/settle-incidents.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { incident as exampleIncident, proposal as exampleProposal, failure } from "../unit/cards/examples.js";

let dataDir: string;
let clock: MovedClock;
let store: Store;
let lookedAt: Map<string, number>;
/** The state of every task now, by run; a run that is not named does not exist. */
let runs: Map<string, string>;
let read: string[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-settling-"));
  clock = movedClock("2026-03-04T02:22:00Z");
  store = await openFileStore({ dataDir, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
  lookedAt = new Map();
  runs = new Map();
  read = [];
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const reader = {
  async taskInstance({ runId }: TaskFailure) {
    read.push(runId);
    const state = runs.get(runId);
    if (state === undefined) throw new UpstreamError(`Run ${runId} does not exist.`, "", "not_found", false, false);
    return { state };
  },
} as unknown as AirflowReader;
const connections: Connections = {
  airflow: new Map([["airflow:main", { reader, writer: null }]]),
  databricks: new Map(),
};
const round = () =>
  settleIncidents({ store, clock, ids: createIds(randomBytes, clock), logger: silentLogger, connections, lookedAt });
const put = (over: Partial<Incident>) => store.transact((tx) => tx.incidents.put({ ...exampleIncident, ...over }));
const incident = () => store.transact((tx) => tx.incidents.get("inc_1"));
const published = async () => (await store.transact((tx) => tx.outbox.find({ kind: "publish" }))).length;
const audited = async () => (await store.transact((tx) => tx.audit.find())).map(({ action }) => action);
const proposed = () => store.transact((tx) => tx.proposals.put({ ...exampleProposal, state: "pending" }));
const proposalState = async () => (await store.transact((tx) => tx.proposals.get("pro_1")))?.state;

describe("after every poll", () => {
  it("an incident that went well by itself leaves no open proposal", async () => {
    await put({});
    await proposed();
    runs.set(failure.runId, "success");
    await round();
    expect(await incident()).toMatchObject({ state: "recovered", proposalId: null });
    expect(await proposalState()).toBe("expired");
    expect(await audited()).toEqual(["proposal_expired", "incident_recovered"]);
  });

  it("a run that was deleted no longer keeps its incident open", async () => {
    await put({ failures: [failure, { ...failure, runId: "gone" }] });
    runs.set(failure.runId, "success");
    await round();
    expect((await incident())?.state).toBe("recovered");
  });

  it("an incident whose runs were all deleted is closed, not called recovered", async () => {
    await put({});
    await round();
    expect(await incident()).toMatchObject({ state: "closed", recoveredAt: null });
  });

  it("every incident has its turn, however many there are", async () => {
    for (let n = 0; n < 60; n += 1) {
      const runId = `r${n}`;
      runs.set(runId, "failed");
      await put({ id: `inc_${n}`, proposalId: null, failures: [{ ...failure, runId }] });
    }
    for (let n = 0; n < 3; n += 1) {
      await round();
      clock.move(30_000);
    }
    expect(new Set(read).size).toBe(60);
  });

  it("a proposal that nobody decided expires and its card is drawn again", async () => {
    await put({});
    await proposed();
    runs.set(failure.runId, "failed");
    await round();
    expect([await proposalState(), await published()]).toEqual(["pending", 0]);
    clock.move(Date.parse(exampleProposal.expiresAt) - clock.now().getTime());
    await round();
    expect([await proposalState(), await published(), await audited()]).toEqual(["expired", 1, ["proposal_expired"]]);
    await round();
    expect(await published()).toBe(1);
  });

  it("a mute that is over is taken off, once, and the thread is drawn again", async () => {
    runs.set(failure.runId, "failed");
    await put({ mutedUntil: "2026-03-04T06:22:00Z" });
    await round();
    expect(await published()).toBe(0);
    clock.move(4 * 3_600_000);
    await round();
    await round();
    expect([(await incident())?.mutedUntil, await published()]).toEqual([null, 1]);
  });
});
