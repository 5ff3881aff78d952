import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../../src/cli/program.js";
import { openAudit } from "../../src/compose/audit.js";
import type { Config } from "../../src/config/config.js";
import { loadConfig } from "../../src/config/load.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { acquireLock } from "../../src/store/lowdb/lock.js";
import { withPseudonyms } from "../../src/store/pseudonymous.js";
import { auditLine, incidentRow } from "../contracts/store-suite.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposalRow } from "../unit/approval/proposal-row.js";

const bob = "slack:U02BOB";
let base: string;
let config: Config;

async function pipewright(...argv: string[]) {
  const out = new PassThrough();
  const err = new PassThrough();
  const code = await runCli(argv, { out, err });
  return { code, out: String(out.read() ?? ""), err: String(err.read() ?? "") };
}

async function openRows(at: string) {
  const clock = movedClock(at);
  const ids = createIds((count) => new Uint8Array(count).fill(at.charCodeAt(8)), clock);
  const store = withPseudonyms(await openFileStore({ dataDir: config.dataDir, clock, ids, logger: silentLogger }), ids);
  return { store, clock, audit: await openAudit(config, { store, clock, logger: silentLogger }) };
}

/** Everything the folder's files say. */
async function allText(): Promise<string> {
  const names = await readdir(config.dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "pipewright-purge-"));
  vi.stubEnv("PIPEWRIGHT_DATA_DIR", base);
  vi.stubEnv("PIPEWRIGHT_SANDBOX", "1");
  config = loadConfig({ PIPEWRIGHT_DATA_DIR: base, PIPEWRIGHT_SANDBOX: "1" });
  // Bob approved one rerun that ended long ago, and one that ended just now.
  const { store, clock, audit } = await openRows("2026-03-01T08:00:00Z");
  const decision = { verdict: "approved", personId: bob, personName: "Bob Ross", reason: "Bob Ross: the disk is new" };
  await store.transact(async (tx) => {
    for (const which of ["old", "new"]) {
      await tx.incidents.put(incidentRow(`inc_${which}`, { state: "recovered", title: "Bob Rossini's ledger" }));
      await tx.proposals.put({
        ...proposalRow({ id: `pro_${which}`, incidentId: `inc_${which}`, state: "spent" }),
        decision: { ...decision, at: "2026-03-01T08:00:00.000Z" } as never,
        approvers: [bob, "slack:U03CAT"],
      });
    }
    await tx.audit.append({ ...auditLine("approved"), actor: bob });
  });
  clock.move(3 * 24 * 60 * 60 * 1000);
  await store.transact((tx) => tx.incidents.put(incidentRow("inc_new", { title: "Bob Rossini's ledger" })));
  await audit.relay();
  await store.close();
  const said = { version: 1, messages: [{ author: { id: bob, name: "Bob Ross" }, content: { text: "hi" } }] };
  await writeFile(join(config.dataDir, "console.json"), JSON.stringify(said));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
});

describe("pipewright purge --person", () => {
  it("leaves neither the id nor the name in any file, and what others did as it was", async () => {
    expect(await allText()).toContain("U02BOB");
    const result = await pipewright("purge", "--person", bob);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(result.out).toMatch(/slack:U02BOB was taken out of 3 rows; the audit says per_\w+\./);
    const left = await allText();
    expect(left).not.toContain("U02BOB");
    expect(left).not.toMatch(/Bob Ross\b/);
    expect(left).toContain("Bob Rossini's ledger");
    expect(left).toContain("a purged person: the disk is new");
    expect(left).toContain("slack:U03CAT");
  });

  it("keeps the audit unbroken, under an alias that nobody can resolve any more", async () => {
    await pipewright("purge", "--person", bob);
    expect((await pipewright("audit", "verify")).out).toContain("2 entries, unbroken");
    const { out } = await pipewright("audit", "export", "--format", "json", "--names");
    const rows = JSON.parse(out) as { actor: string; action: string }[];
    expect(rows.map(({ action }) => action)).toEqual(["approved", "person_purged"]);
    expect(rows[0]?.actor).toMatch(/^per_/);
  });

  it("changes nothing while the person takes part in an open rerun, or a bot runs", async () => {
    const { store } = await openRows("2026-03-05T08:00:00Z");
    await store.transact((tx) =>
      tx.proposals.put({ ...proposalRow({ id: "pro_open", state: "pending" }), askedBy: [bob] }),
    );
    await store.close();
    const busy = await pipewright("purge", "--person", bob);
    expect(busy.code).toBe(2);
    expect(busy.err).toContain("Decide or wait for pro_open");
    const lock = await acquireLock(config.dataDir, { role: "start" });
    const beside = await pipewright("purge", "--person", bob);
    expect(beside.err).toContain("Stop it, then purge again");
    await lock.release();
    expect(await allText()).toContain("U02BOB");
  });

  it("says so when nobody of that id is known, and refuses what is no id", async () => {
    expect((await pipewright("purge", "--person", "slack:U99")).out).toContain("was not known here");
    expect((await pipewright("purge", "--person", "Bob")).code).toBe(2);
  });
});
