import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import pg from "pg";
import { systemClock } from "../../src/compose/system-clock.js";
import { zoneCalendar } from "../../src/compose/zone-calendar.js";
import { loadConfig } from "../../src/config/load.js";
import type { Store } from "../../src/core/store.js";
import { createIdentities } from "../../src/flows/identities.js";
import { createApprovals } from "../../src/flows/resolve-approval.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { startPostgres } from "../fixtures/postgres-server.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { incidentAbout } from "../flows/approval-world.js";
import { member, proposalRow } from "../unit/approval/proposal-row.js";
import { type Figure, median } from "./figure.js";

const rounds = 5;
const alone = 60;
const together = 240;
const atOnce = 32;

interface Round {
  readonly bare: number;
  readonly alone: number;
  readonly together: number;
}

/** Decisions a second in the data folder, beside a bare loop of write and fsync on the same disk. */
export async function benchFileDecisions(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "pipewright-bench-"));
  const ids = createIds(randomBytes, systemClock);
  const store = await openFileStore({ dataDir: join(folder, "data"), clock: systemClock, ids, logger: silentLogger });
  try {
    const figures = await measure(store, () => bareFsyncs(join(folder, "bare")));
    return { name: "decisions a second, file store", ...inWords(figures, "fsync loop", 0.2) };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Decisions a second in PostgreSQL, beside a bare loop of one-row commits on the same server. */
export async function benchPostgresDecisions(): Promise<Figure> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const ids = createIds(randomBytes, systemClock);
  const store = await openPostgresStore({ url: () => url, clock: systemClock, ids, logger: silentLogger });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("create table bare (line text)");
    const figures = await measure(store, () => bareCommits(client));
    return { name: "decisions a second, PostgreSQL", ...inWords(figures, "bare commit", 0.2) };
  } finally {
    await client.end();
    await store.close();
    await server.stop();
  }
}

async function measure(store: Store, bare: () => Promise<number>): Promise<readonly Round[]> {
  const { policy } = loadConfig({ PIPEWRIGHT_SANDBOX: "1", PIPEWRIGHT_APPROVERS: "slack:BEN" });
  const ben = member("slack:BEN");
  const lookUp = async () => ben;
  const approvals = createApprovals({
    store,
    lookUp,
    policy,
    clock: systemClock,
    ids: createIds(randomBytes, systemClock),
    digest: canonicalDigest,
    calendar: zoneCalendar,
    logger: silentLogger,
    proposals: { refresh: () => Promise.reject(new Error("nothing expires here")) },
    identities: createIdentities({ humans: [], emailDomains: [], lookUp }),
  });

  async function decide(count: number, lanes: number): Promise<number> {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const names = Array.from({ length: count }, () => randomBytes(8).toString("hex"));
    await store.transact(async (tx) => {
      for (const name of names) {
        await tx.incidents.put({ ...incidentAbout(), id: `inc_${name}` });
        await tx.proposals.put(proposalRow({ id: name, incidentId: `inc_${name}`, approvers: [ben.id], expiresAt }));
      }
    });
    const started = performance.now();
    const lane = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const outcome = await approvals.decide({ person: ben, proposalId: name, verdict: "approved", reason: null });
        if (outcome.kind !== "decided") throw new Error(`not decided: ${outcome.refusal.message}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const perSecond = (count * 1000) / (performance.now() - started);
    // A store holds what is live; what the last round decided is not.
    await store.transact(async (tx) => {
      for (const { id } of await tx.incidents.find()) await tx.incidents.delete(id);
      for (const { id } of await tx.proposals.find()) await tx.proposals.delete(id);
      for (const { id } of await tx.outbox.find()) await tx.outbox.delete(id);
    });
    return perSecond;
  }

  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ bare: await bare(), alone: await decide(alone, 1), together: await decide(together, atOnce) });
  }
  return measured;
}

async function bareFsyncs(path: string): Promise<number> {
  const file = await open(path, "w");
  const line = Buffer.alloc(4_096, "x");
  const started = performance.now();
  for (let i = 0; i < alone; i += 1) {
    await file.write(line);
    await file.sync();
  }
  const perSecond = (alone * 1000) / (performance.now() - started);
  await file.close();
  return perSecond;
}

async function bareCommits(client: pg.Client): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < alone; i += 1) await client.query("insert into bare values ($1)", ["x".repeat(2_000)]);
  return (alone * 1000) / (performance.now() - started);
}

function inWords(rows: readonly Round[], what: string, target: number): Pick<Figure, "measured" | "target"> {
  const of = (key: keyof Round): number => median(rows.map((row) => row[key]));
  const ratio = (key: "alone" | "together"): string => median(rows.map((row) => row[key] / row.bare)).toFixed(2);
  return {
    measured:
      `${of("alone").toFixed(0)}/s one after another (${ratio("alone")} x a ${what} of ${of("bare").toFixed(0)}/s), ` +
      `${of("together").toFixed(0)}/s ${atOnce} at once (${ratio("together")} x; median of ${rounds} interleaved)`,
    target: `>= ${target} x one after another, >= 1.0 x ${atOnce} at once`,
  };
}
