import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Incident } from "../../src/core/incident.js";
import { createKeepFor } from "../../src/flows/keep-for.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { incidentRow } from "../contracts/store-suite.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposalRow } from "../unit/approval/proposal-row.js";
import { verdict } from "../unit/cards/examples.js";

const day = 24 * 60 * 60 * 1000;
const start = "2026-03-01T08:00:00.000Z";

let dataDir: string;

afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function room() {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-keep-"));
  const clock = movedClock(start);
  const ids = createIds((count) => new Uint8Array(count), clock);
  const store = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
  const retired: string[] = [];
  const keepFor = createKeepFor({
    store,
    clock,
    logger: silentLogger,
    retention: { evidenceDays: 30, incidentDays: 400, auditDays: 2557 },
    retireAudit: async (before) => {
      retired.push(before.toISOString());
      return 0;
    },
  });
  const put = (id: string, state: Incident["state"]) =>
    store.transact(async (tx) => {
      await tx.incidents.put(incidentRow(id, { state, updatedAt: start, verdict }));
      await tx.proposals.put(proposalRow({ id: `pro_${id}`, incidentId: id, state: "spent" }));
      await tx.marks.put({ id: `claude|${id}|out_1`, value: { progress: {} } });
      const copy = { platform: "slack", address: { ts: "1" }, shown: "x" };
      await tx.messages.put({ id: `slack|incident:${id}`, subject: `incident:${id}`, ...copy });
      await tx.messages.put({ id: `slack|proposal:pro_${id}`, subject: `proposal:pro_${id}`, ...copy });
    });
  const rows = () =>
    store.transact(async (tx) => ({
      incidents: await tx.incidents.find(),
      proposals: await tx.proposals.find(),
      messages: await tx.messages.find(),
    }));
  return { store, clock, keepFor, put, rows, retired };
}

describe("what was kept long enough", () => {
  it("loses its quotes after 30 days, and is let go whole after 400, archived or not", async () => {
    const { store, clock, keepFor, put, rows } = await room();
    await put("inc_1", "recovered");
    clock.move(29 * day);
    await keepFor();
    expect((await rows()).incidents[0]?.verdict?.evidence).toHaveLength(2);
    clock.move(2 * day);
    await keepFor();
    const [incident] = (await rows()).incidents;
    expect(incident?.verdict?.evidence).toEqual([]);
    expect(incident?.verdict?.summary).toBe(verdict.summary);
    expect(await store.transact((tx) => tx.marks.find())).toEqual([]);
    clock.move(370 * day);
    await keepFor();
    expect(await rows()).toEqual({ incidents: [], proposals: [], messages: [] });
    await store.close();
  });

  it("does not touch what people still work on, however old", async () => {
    const { store, clock, keepFor, put, rows } = await room();
    await put("inc_1", "diagnosed");
    clock.move(500 * day);
    await keepFor();
    const left = await rows();
    expect(left.incidents[0]?.verdict?.evidence).toHaveLength(2);
    expect([left.proposals.length, left.messages.length]).toEqual([1, 2]);
    await store.close();
  });

  it("is looked for once a day, the audit by its own time", async () => {
    const { store, clock, keepFor, retired } = await room();
    await keepFor();
    await keepFor();
    clock.move(day);
    await keepFor();
    expect(retired).toEqual(["2019-03-01T08:00:00.000Z", "2019-03-02T08:00:00.000Z"]);
    await store.close();
  });
});
