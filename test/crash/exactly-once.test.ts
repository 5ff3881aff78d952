import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { noPostgres, type PostgresServer, startPostgres } from "../fixtures/postgres-server.js";
import { runTrial, type TrialFigures } from "./trial.js";

/** The slice of every check, or the whole figure of the safety targets with CRASH_APPROVALS=10000. */
const approvals = Number(process.env["CRASH_APPROVALS"] ?? 500);
const seed = Number(process.env["CRASH_SEED"] ?? 1);
/** The simulated Airflow keeps 60 runs of a DAG, so a company has 50 failures, and a round at most five companies. */
const perCompany = 50;
const perStore = Math.ceil(approvals / 2 / perCompany);
const companies = Math.min(5, perStore);
const rounds = Math.ceil(perStore / companies);
const perRound = companies * perCompany;

let folder: string | null = null;
let server: PostgresServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
  if (folder !== null) await rm(folder, { recursive: true, force: true });
  folder = null;
});

async function dataDir(): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), "pipewright-crash-"));
  return folder;
}

function show(name: string, { odd, ...figures }: TrialFigures): void {
  const words = Object.entries(figures).map(([word, value]) => `${value} ${word}`);
  process.stdout.write([`${name}: ${words.join(", ")}`, ...odd.map((line) => `  ${line}`), ""].join("\n"));
}

const clean = { double: 0, lost: 0, disagreeing: 0, notRecovered: 0 };
const mixed = { companies, clears: perCompany / 2, repairs: perCompany / 2, clicks: 20 };

describe("approvals under SIGKILL, lost answers and three people who click twenty times", () => {
  it("have one effect each on the file store, with one process", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const store = { dataDir: await dataDir() };
      const figures = await runTrial({ ...mixed, seed: seed + round, store, replicas: 1 });
      show("file store", figures);
      expect(figures).toMatchObject({ ...clean, approvals: perRound, effects: perRound });
      expect(figures.kills).toBeGreaterThan(5);
    }
  });

  it.skipIf(noPostgres !== null)("have one effect each on PostgreSQL, with two replicas", async () => {
    server = await startPostgres();
    for (let round = 0; round < rounds; round += 1) {
      const store = { url: await server.createDatabase(), leaseMs: 2_000 };
      const inTheMiddle = async (): Promise<void> => {
        await server?.halt();
        await server?.start();
      };
      const figures = await runTrial({ ...mixed, seed: seed + 1_000 + round, store, replicas: 2, inTheMiddle });
      show("PostgreSQL", figures);
      expect(figures).toMatchObject({ ...clean, approvals: perRound, effects: perRound });
      expect(figures.kills).toBeGreaterThan(10);
    }
  });
});

describe("the same trial finds out", () => {
  const few = { companies: 1, clears: 40, repairs: 0, clicks: 3 };

  it("an executor that sends again whatever got no good answer", async () => {
    const store = { dataDir: await dataDir() };
    const figures = await runTrial({ ...few, seed, store, replicas: 1, executor: "retrying" });
    show("naive, retrying", figures);
    expect(figures.double).toBeGreaterThan(0);
  });

  it("an executor that writes down its success before it sends", async () => {
    const store = { dataDir: await dataDir() };
    const figures = await runTrial({ ...few, seed, store, replicas: 1, executor: "forgetting" });
    show("naive, forgetting", figures);
    expect(figures.lost).toBeGreaterThan(0);
  });
});
