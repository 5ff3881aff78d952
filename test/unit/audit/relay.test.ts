import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { chainStart, createChainCheck } from "../../../src/core/audit/chain.js";
import type { Store } from "../../../src/core/store.js";
import { createAuditRelay } from "../../../src/flows/relay-audit.js";
import { macWith, ownAuditKey } from "../../../src/store/audit-chain/audit-key.js";
import { openChainFolder, readChain, startOfChain } from "../../../src/store/audit-chain/chain-folder.js";
import { createIds } from "../../../src/store/ids.js";
import { openFileStore } from "../../../src/store/lowdb/file-store.js";
import { withPseudonyms } from "../../../src/store/pseudonymous.js";
import { auditLine, incidentRow } from "../../contracts/store-suite.js";

const mac = macWith("the key of this test, long enough to be one");
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {}, child: () => silent };

let dataDir: string;

afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function room(start = "2026-03-30T23:00:00Z") {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-audit-"));
  let now = new Date(start);
  const clock = { now: () => now, sleep: async () => undefined };
  const ids = createIds((count) => new Uint8Array(count).map((_, index) => (index * 7 + now.getTime()) % 256), clock);
  const open = async (): Promise<Store> =>
    withPseudonyms(await openFileStore({ dataDir, clock, ids, logger: silent }), ids);
  const folder = join(dataDir, "audit");
  const anchors: string[] = [];
  const logger = { ...silent, info: (fields: object) => void anchors.push((fields as { anchor: string }).anchor) };
  const chainNow = () => openChainFolder(folder, { mac, clock });
  const relayOf = (store: Store) => createAuditRelay({ store, chain: chainNow(), mac, logger });
  const setNow = (at: string) => {
    now = new Date(at);
  };
  async function verify(known: readonly string[] = []) {
    const checker = createChainCheck(
      mac,
      known.map((text) => ({ seq: Number(text.split(":")[0]), mac: text.split(":")[1] ?? "" })),
      await startOfChain(folder, mac),
    );
    for await (const line of readChain(folder)) checker.take(line);
    return checker.end();
  }
  return { dataDir, folder, open, relayOf, chainNow, setNow, anchors, verify };
}

describe("the relay from the store to the audit chain", () => {
  it("copies each row once, in order, over restarts and a change of month, and anchors the head in the log", async () => {
    const { open, relayOf, setNow, anchors, verify, folder } = await room();
    const store = await open();
    await store.transact(async (tx) => {
      await tx.incidents.put(incidentRow("inc_1", { dagId: "invoices" }));
      await tx.audit.append(auditLine("incident_opened"));
      await tx.audit.append(auditLine("approved"));
    });
    const relay = relayOf(store);
    await Promise.all([relay(), relay()]);
    setNow("2026-04-01T00:10:00Z");
    await store.transact((tx) => tx.audit.append(auditLine("denied")));
    await relayOf(store)();
    await relayOf(store)();
    expect(await readdir(folder)).toEqual(["chain-2026-03.jsonl", "chain-2026-04.jsonl"]);
    expect(anchors.map((anchor) => anchor.split(":")[0])).toEqual(["2", "3"]);
    expect(await verify(anchors)).toMatchObject({ ok: true, entries: 3 });
    await store.close();
  });

  it("names nobody: the same person has one alias, and only the identities tell whose", async () => {
    const { open, relayOf, folder } = await room();
    const store = await open();
    await store.transact(async (tx) => {
      await tx.audit.append({ ...auditLine("approved"), actor: "slack:U02BOB" });
      await tx.audit.append({ ...auditLine("muted"), actor: "slack:U02BOB" });
      await tx.audit.append({
        ...auditLine("incident_opened"),
        actor: "alert",
        detail: "slack:U02BOB answers for it.",
      });
    });
    await relayOf(store)();
    const text = await readFile(join(folder, "chain-2026-03.jsonl"), "utf8");
    expect(text).not.toContain("U02BOB");
    const actors = text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { actor: string }).actor);
    expect(actors[0]).toMatch(/^per_/);
    expect(actors).toEqual([actors[0], actors[0], "alert"]);
    const known = await store.transact((tx) => tx.identities.find());
    expect(known).toEqual([{ id: "slack:U02BOB", alias: actors[0] }]);
    await store.close();
  });

  it("goes on behind half a line that a crash left", async () => {
    const { open, relayOf, folder, verify } = await room();
    const store = await open();
    await store.transact((tx) => tx.audit.append(auditLine("approved")));
    await relayOf(store)();
    await appendFile(join(folder, "chain-2026-03.jsonl"), '{"seq":2,"id":"aud');
    expect(await verify()).toMatchObject({ ok: true, entries: 1 });
    await store.transact((tx) => tx.audit.append(auditLine("denied")));
    await relayOf(store)();
    expect(await verify()).toMatchObject({ ok: true, entries: 2 });
    await store.close();
  });

  it("adds nothing behind a store that was put back to an older copy", async () => {
    const { open, relayOf, folder, dataDir, verify } = await room();
    const store = await open();
    await store.transact((tx) => tx.audit.append(auditLine("approved")));
    await store.close();
    const older = await readFile(join(dataDir, "store.json"));
    const again = await open();
    await again.transact((tx) => tx.audit.append(auditLine("denied")));
    await relayOf(again)();
    await again.close();
    await writeFile(join(dataDir, "store.json"), older);
    const restored = await open();
    await expect(relayOf(restored)()).rejects.toThrow("older than its audit chain");
    expect(await readdir(folder)).toHaveLength(1);
    expect(await verify()).toMatchObject({ ok: true, entries: 2 });
    await restored.close();
  });

  it("retires whole old months, and the rest still proves itself", async () => {
    const { open, relayOf, setNow, chainNow, folder, anchors, verify } = await room("2019-01-05T08:00:00Z");
    const store = await open();
    for (const month of ["2019-01", "2019-02", "2026-03"]) {
      setNow(`${month}-05T08:00:00Z`);
      await store.transact((tx) => tx.audit.append(auditLine("approved")));
      await relayOf(store)();
    }
    expect(await chainNow().retire(new Date("2019-03-05T00:00:00Z"))).toBe(2);
    expect((await readdir(folder)).filter((name) => name.startsWith("chain-"))).toEqual(["chain-2026-03.jsonl"]);
    expect(await verify(anchors.slice(2))).toMatchObject({ ok: true, entries: 1, head: { seq: 3 } });
    expect(await startOfChain(folder, mac)).toMatchObject({ seq: 2 });
    await expect(startOfChain(folder, macWith("another key"))).rejects.toThrow("was changed");
    expect(chainStart.seq).toBe(0);
    await store.close();
  });

  it("makes one key for the owner's eyes and keeps it", async () => {
    const { dataDir } = await room();
    const path = join(dataDir, "audit.key");
    const key = await ownAuditKey(path);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await ownAuditKey(path)).toBe(key);
    expect((await stat(path)).mode & 0o077).toBe(0);
    await writeFile(path, "short");
    await expect(ownAuditKey(path)).rejects.toThrow("empty or cut off");
  });
});
