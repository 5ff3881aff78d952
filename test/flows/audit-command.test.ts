import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../../src/cli/program.js";
import { openAudit } from "../../src/compose/audit.js";
import { loadConfig } from "../../src/config/load.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { withPseudonyms } from "../../src/store/pseudonymous.js";
import { auditLine, incidentRow } from "../contracts/store-suite.js";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {}, child: () => silent };
const clock = { now: () => new Date("2026-03-01T09:00:00Z"), sleep: async () => undefined };

async function pipewright(...argv: string[]) {
  const out = new PassThrough();
  const err = new PassThrough();
  const code = await runCli(argv, { out, err });
  return { code, out: String(out.read() ?? ""), err: String(err.read() ?? "") };
}

const folders: string[] = [];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pipewright-audit-cli-"));
  folders.push(folder);
  return folder;
}

/** The folder of a bot that decided three things about two DAGs, and the anchors its log has. */
async function decidedThings(): Promise<{ readonly folder: string; readonly anchors: readonly string[] }> {
  const base = await emptyFolder();
  vi.stubEnv("PIPEWRIGHT_DATA_DIR", base);
  vi.stubEnv("PIPEWRIGHT_SANDBOX", "1");
  const config = loadConfig({ PIPEWRIGHT_DATA_DIR: base, PIPEWRIGHT_SANDBOX: "1" });
  const ids = createIds((count) => new Uint8Array(count).fill(7), clock);
  const store = withPseudonyms(await openFileStore({ dataDir: config.dataDir, clock, ids, logger: silent }), ids);
  const anchors: string[] = [];
  const logger = { ...silent, info: (fields: object) => void anchors.push((fields as { anchor: string }).anchor) };
  const audit = await openAudit(config, { store, clock, logger });
  await store.transact(async (tx) => {
    await tx.incidents.put(incidentRow("inc_1", { dagId: "invoices" }));
    await tx.incidents.put(incidentRow("inc_2", { dagId: "ledger" }));
    await tx.audit.append({ ...auditLine("approved"), actor: "slack:U02BOB", detail: '=HYPERLINK("x")' });
    await tx.audit.append({ ...auditLine("denied"), actor: "slack:U03CAT", incidentId: "inc_2" });
  });
  await audit.relay();
  await store.transact((tx) =>
    tx.audit.append({ ...auditLine("muted"), actor: "slack:U02BOB", at: "2026-03-02T08:00:00.000Z" }),
  );
  await audit.relay();
  await store.close();
  return { folder: config.dataDir, anchors };
}

describe("pipewright audit", () => {
  let bot: Awaited<ReturnType<typeof decidedThings>>;
  beforeEach(async () => {
    bot = await decidedThings();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  it("verifies a chain that nobody touched, against the anchors of the log", async () => {
    const [first = "", second = ""] = bot.anchors;
    const result = await pipewright("audit", "verify", "--anchor", first, second);
    expect(result).toMatchObject({ code: 0, err: "" });
    expect(result.out).toContain("3 entries, unbroken. Head 3:");
    expect(JSON.parse((await pipewright("audit", "verify", "--json")).out)).toMatchObject({ ok: true, entries: 3 });
  });

  it("names the first broken entry and exits 1 when a line was edited", async () => {
    const path = join(bot.folder, "audit", "chain-2026-03.jsonl");
    await writeFile(path, (await readFile(path, "utf8")).replace('"denied"', '"approved"'));
    const result = await pipewright("audit", "verify");
    expect(result.code).toBe(1);
    expect(result.out).toBe("BROKEN at entry 2: it was changed, or one before it was.\n");
  });

  it("sees a cut end only by an anchor from outside, and says so", async () => {
    const path = join(bot.folder, "audit", "chain-2026-03.jsonl");
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await writeFile(path, `${lines.slice(0, 2).join("\n")}\n`);
    const alone = await pipewright("audit", "verify");
    expect(alone.code).toBe(0);
    expect(alone.out).toContain("entries cut off at the end are not seen");
    const anchored = await pipewright("audit", "verify", "--anchor", bot.anchors[1] ?? "");
    expect(anchored.out).toContain("BROKEN at entry 3: it is missing: the chain was anchored at entry 3");
    expect(anchored.code).toBe(1);
  });

  it("refuses what is no anchor, and an anchor where there is no audit", async () => {
    expect(await pipewright("audit", "verify", "--anchor", "yesterday")).toMatchObject({ code: 2 });
    vi.stubEnv("PIPEWRIGHT_DATA_DIR", await emptyFolder());
    expect((await pipewright("audit", "verify")).out).toContain("The audit is empty");
    const missing = await pipewright("audit", "verify", "--anchor", bot.anchors[0] ?? "");
    expect(missing.code).toBe(1);
    expect(missing.err).toContain("PIPEWRIGHT_DATA_DIR");
  });

  it("exports one DAG, one person or a period, with aliases unless names are asked for", async () => {
    const rowsOf = async (...options: string[]) =>
      JSON.parse((await pipewright("audit", "export", "--format", "json", ...options)).out) as {
        seq: number;
        actor: string;
      }[];
    expect((await rowsOf("--dag", "ledger")).map(({ seq }) => seq)).toEqual([2]);
    expect((await rowsOf("--incident", "inc_1")).map(({ seq }) => seq)).toEqual([1, 3]);
    expect((await rowsOf("--person", "slack:U02BOB")).map(({ seq }) => seq)).toEqual([1, 3]);
    expect((await rowsOf("--from", "2026-03-02")).map(({ seq }) => seq)).toEqual([3]);
    expect((await rowsOf("--to", "2026-03-02")).map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await rowsOf()).every(({ actor }) => actor.startsWith("per_"))).toBe(true);
    expect((await rowsOf("--names")).map(({ actor }) => actor)).toEqual([
      "slack:U02BOB",
      "slack:U03CAT",
      "slack:U02BOB",
    ]);
    expect(await pipewright("audit", "export", "--person", "slack:NOBODY")).toMatchObject({ code: 2 });
  });

  it("writes CSV in which no cell runs as a formula", async () => {
    const { out } = await pipewright("audit", "export");
    const [head = "", first = ""] = out.split("\n");
    expect(head).toBe("seq,at,actor,action,connection,dagId,incidentId,proposalId,detail,mac");
    expect(first).toContain("\"'=HYPERLINK(");
  });
});
