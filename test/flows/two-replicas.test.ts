import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openCore } from "../../src/compose/core.js";
import { wireWork } from "../../src/compose/work.js";
import { loadConfig } from "../../src/config/load.js";
import type { Person } from "../../src/core/person.js";
import type { Clock } from "../../src/core/ports.js";
import { acquireLock } from "../../src/store/lowdb/lock.js";
import { startUpstream, type UpstreamAddress } from "../crash/upstream.js";
import { fastClock } from "../fixtures/fast-clock.js";
import { noPostgres, startPostgres } from "../fixtures/postgres-server.js";
import { type RecordingAdapter, recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";

const people: readonly Person[] = ["Ben", "Cleo", "Eve"].map((displayName) => ({
  id: `slack:${displayName.toUpperCase()}`,
  platform: "slack",
  displayName,
  standing: "member",
}));

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** One process of several: a data folder of its own, the rows in the database, the same chat as the others. */
async function startReplica(url: string, address: UpstreamAddress, chat: RecordingAdapter, clock: Clock) {
  const dataDir = await mkdtemp(join(tmpdir(), "pipewright-replica-"));
  undo.push(() => rm(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    DATABASE_URL: url,
    PIPEWRIGHT_DATA_DIR: dataDir,
    PIPEWRIGHT_APPROVERS: people.map(({ id }) => id).join(","),
    AIRFLOW_BASE_URL: address.airflow.baseUrl,
    AIRFLOW_USERNAME: address.users.reader.username,
    AIRFLOW_PASSWORD: address.users.reader.password,
    AIRFLOW_WRITE_USERNAME: address.users.writer.username,
    AIRFLOW_WRITE_PASSWORD: address.users.writer.password,
  });
  const lock = await acquireLock(dataDir, { role: "start" });
  const core = await openCore(config, { clock, logger: silentLogger, lock, version: "0.0.0" });
  undo.push(() => core.close());
  const work = wireWork(config, core, [chat]);
  undo.push(() => work.dispatcher.stop());
  work.dispatcher.start();
  return { config, core, work };
}

describe.skipIf(noPostgres !== null)(noPostgres ?? "two replicas on one PostgreSQL", () => {
  it("carry out one approval once when three people click at once on both, and all cards agree", async () => {
    const clock = fastClock("2026-03-02T06:30:00Z", 20);
    const effects: string[] = [];
    const upstream = await startUpstream({
      name: "w1",
      clock,
      clears: 1,
      repairs: 0,
      chooseFault: () => null,
      onEffect: (effect) => effects.push(effect),
    });
    undo.push(() => upstream.stop());
    const server = await startPostgres();
    undo.push(() => server.stop());
    const url = await server.createDatabase();
    const chat = recordingAdapter(people);
    const first = await startReplica(url, upstream.address, chat, clock);
    const second = await startReplica(url, upstream.address, chat, clock);
    const connection = first.config.airflow[0]?.name ?? "";

    const [run] = upstream.broken;
    if (run === undefined) throw new Error("nothing failed");
    const failures = run.incident.failures.map((failure) => ({ ...failure, connection }));
    const incident = { ...run.incident, connection, failures };
    await first.core.store.transact((tx) => tx.incidents.put(incident));
    const { id } = await second.core.proposals.propose({
      incidentId: incident.id,
      requester: { kind: "alert" },
      afterFix: false,
    });

    const thread = { platform: "slack", address: { id: "m1" } };
    const clicks = [first, second].flatMap(({ work }) =>
      people.flatMap((person) =>
        Array.from({ length: 4 }, () =>
          work.events.take({
            kind: "decision",
            eventId: randomBytes(8).toString("hex"),
            person,
            proposalId: id,
            verdict: "approved",
            reason: null,
            thread,
          }),
        ),
      ),
    );
    await Promise.all(clicks);
    const proposalOf = (replica: typeof first) => replica.core.store.transact((tx) => tx.proposals.get(id));
    await vi.waitFor(
      async () => {
        expect((await proposalOf(second))?.execution?.state).toBe("recovered");
        const left = await first.core.store.transact((tx) => tx.outbox.find());
        expect(left).toEqual([]);
      },
      { timeout: 25_000, interval: 200 },
    );

    expect(effects).toEqual([`w1 clear ${run.runId}`]);
    const seen = await proposalOf(first);
    expect(await proposalOf(second)).toEqual(seen);
    const winner = people.find(({ id: personId }) => personId === seen?.decision?.personId);
    if (winner === undefined) throw new Error("nobody decided");

    // One live message each, drawn from the same rows by whichever replica came to it.
    expect(chat.messages.filter(({ root }) => root === null)).toHaveLength(1);
    const decided = chat.messages.map(({ card }) => wordsOf(card)).filter((words) => words.includes("Approved"));
    expect(decided).toHaveLength(1);
    expect(decided[0]).toContain(winner.displayName);
    expect(decided[0]).toContain("✓ Recovered");
    // Every other click is told of that same decision.
    expect(chat.whispers).toHaveLength(clicks.length - 1);
    for (const { card } of chat.whispers) expect(wordsOf(card)).toContain(`already approved by ${winner.displayName}`);
  }, 60_000);
});
