import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIds } from "../../../src/store/ids.js";
import { openFileStore } from "../../../src/store/lowdb/file-store.js";
import { auditLine, incidentRow } from "../../contracts/store-suite.js";
import { movedClock } from "../../fixtures/moved-clock.js";
import { silentLogger } from "../../fixtures/silent-logger.js";

const hour = 60 * 60 * 1000;
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-archive-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

function place() {
  const clock = movedClock("2026-03-01T08:00:00Z");
  const ids = createIds(randomBytes, clock);
  return { clock, open: () => openFileStore({ dataDir, clock, ids, logger: silentLogger }) };
}

const hot = () => readFile(join(dataDir, "store.json"), "utf8");

describe("an incident that is over for a day", () => {
  it("leaves the hot set with its audit rows and is still read, found, changed and deleted", async () => {
    const { clock, open } = place();
    const store = await open();
    const over = { state: "recovered", recoveredAt: "2026-03-01T08:00:00.000Z" } as const;
    await store.transact(async (tx) => {
      await tx.incidents.put(incidentRow("inc_1", over));
      await tx.incidents.put(incidentRow("inc_2", { ...over, fingerprint: "other" }));
      await tx.incidents.put(incidentRow("inc_3"));
      await tx.audit.append(auditLine("incident_opened"));
    });
    clock.move(25 * hour);
    await store.transact((tx) => tx.marks.put({ id: "poll", value: {} }));
    expect(await hot()).not.toContain('"id":"inc_1"');
    expect(await hot()).toContain('"id":"inc_3"');
    expect(await hot()).not.toContain("incident_opened");

    const read = await store.transact(async (tx) => ({
      one: await tx.incidents.get("inc_1"),
      found: await tx.incidents.find({ fingerprint: "other" }),
      all: await tx.incidents.find(),
      current: await tx.incidents.find({}, "current"),
      audit: await tx.audit.find({ incidentId: "inc_1" }),
    }));
    expect(read.one).toEqual(incidentRow("inc_1", over));
    expect(read.found.map((row) => row.id)).toEqual(["inc_2"]);
    expect(read.all).toHaveLength(3);
    expect(read.current.map((row) => row.id)).toEqual(["inc_3"]);
    expect(read.audit.map((row) => row.action)).toEqual(["incident_opened"]);

    await store.transact(async (tx) => {
      await tx.incidents.put(incidentRow("inc_1", { ...over, owner: "@data" }));
      await tx.incidents.delete("inc_2");
    });
    await store.close();
    const again = await open();
    const after = await again.transact(async (tx) => ({
      one: await tx.incidents.get("inc_1"),
      all: await tx.incidents.find(),
    }));
    expect(after.one?.owner).toBe("@data");
    expect(after.all.map((row) => row.id).sort()).toEqual(["inc_1", "inc_3"]);
    await again.close();
  });

  it("survives half a line at the archive's end: the row is still in the hot set", async () => {
    const { open } = place();
    const store = await open();
    await store.transact((tx) => tx.incidents.put(incidentRow("inc_1")));
    await store.close();
    await appendFile(join(dataDir, "archive.jsonl"), '{"table":"incidents","id":"inc_1","ro');
    const again = await open();
    expect((await again.transact((tx) => tx.incidents.get("inc_1")))?.id).toBe("inc_1");
    expect((await stat(join(dataDir, "archive.jsonl"))).size).toBe(0);
    await again.close();
  });
});

describe("keys of failures taken in", () => {
  it("are forgotten after eight days and not before", async () => {
    const { clock, open } = place();
    const store = await open();
    await store.transact((tx) => tx.seen.put({ id: "task|a", at: clock.now().toISOString() }));
    clock.move(7 * 24 * hour);
    expect(await store.transact((tx) => tx.seen.get("task|a"))).not.toBeNull();
    clock.move(25 * hour);
    expect(await store.transact((tx) => tx.seen.get("task|a"))).toBeNull();
    await store.close();
  });
});
