import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { patientClock } from "../fixtures/patient-clock.js";
import { noPostgres, type PostgresServer, startPostgres } from "../fixtures/postgres-server.js";
import { databaseFaults } from "./broken-database.js";
import { diskFaults } from "./broken-disk.js";
import type { Fault } from "./fault-proxy.js";
import { type Cell, type Phase, phases, tellStory } from "./faulted-story.js";
import { type AnyFault, type Dependency, dependencies, startFaultedWorld } from "./faulted-world.js";

// Hoisted above every import, so it brings its own.
vi.mock("node:fs/promises", async (original) => {
  const { onBrokenDisk } = await import("./broken-disk.js");
  return onBrokenDisk(await original());
});

const networkFaults: readonly (Fault | "refused")[] = [
  "reset",
  "slow",
  "truncate",
  "half_open",
  "http_429",
  "http_500",
  "http_503",
  "done_then_reset",
  "garbage",
  "refused",
];
const faultsOf = (dependency: Dependency): readonly AnyFault[] =>
  dependency === "disk" ? diskFaults : dependency === "postgres" ? databaseFaults : networkFaults;

/** Where nothing asks for it, it can't break. */
const notAsked: Partial<Record<Dependency, Partial<Record<Phase, string>>>> = {
  claude: {
    "while it is carried out": "Claude is asked about causes only",
    "while the outcome is verified": "Claude is asked about causes only",
  },
  issuer: { "while the outcome is verified": "nobody decides while a run is watched" },
};

/** What can't be understood is not planned with: this rerun is Airflow's alone. */
const plannedWithout = "databricks garbage, while it is carried out";

const limits = { told: 60, recovery: 30, drain: 25 };
const atOnce = Number(process.env["FAULTS_AT_ONCE"] ?? 10);
/** Some of the stories, like `disk|airflow reset`. */
const only = new RegExp(process.env["FAULTS_ONLY"] ?? "");

interface Told extends Cell {
  readonly name: string;
}

interface StoryEnd {
  readonly name: string;
  readonly cells: readonly Told[];
  readonly doubles: readonly string[];
  readonly drain: number;
  readonly problem: string | null;
}

/** Time-outs that are not ours, of SDKs and of the driver, pass in real time: so does then everything. */
function speedOf(dependency: Dependency, fault: AnyFault): number {
  if (dependency === "postgres") return fault === "half_open" ? 1 : 2;
  return fault === "half_open" && (dependency === "slack" || dependency === "issuer") ? 2 : 12;
}

let server: PostgresServer | null = null;
const crashes: string[] = [];
const onCrash = (reason: unknown): void => void crashes.push(String(reason));
beforeAll(async () => {
  process.on("uncaughtExceptionMonitor", onCrash);
  process.on("unhandledRejection", onCrash);
  if (noPostgres === null) server = await startPostgres();
});
afterAll(async () => {
  process.off("uncaughtExceptionMonitor", onCrash);
  process.off("unhandledRejection", onCrash);
  await server?.stop();
});

async function story(dependency: Dependency, fault: AnyFault): Promise<StoryEnd> {
  const speed = speedOf(dependency, fault);
  const clock = patientClock("2026-11-22T06:31:00Z", speed);
  const name = `${dependency} ${fault}`;
  const database = dependency === "postgres" ? ((await server?.createDatabase()) ?? null) : null;
  const world = await startFaultedWorld({ dependency, fault, clock, speed, database });
  let cells: readonly Cell[] = [];
  let drain = 0;
  let problem: string | null = null;
  try {
    cells = await tellStory(world, dependency, clock);
    // Another failure is looked into, and then a SIGTERM comes.
    await world.strike("all");
    world.breakPipeline();
    await clock.sleep(20_000);
    drain = await world.drain();
  } catch (error) {
    problem = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    process.stdout.write(`  ${problem}\n    ${world.log.slice(-5).join("\n    ")}\n`);
    if (process.env["FAULTS_SHOW"]) process.stdout.write(`${await world.console()}\n`);
  } finally {
    await world.heal();
    await world.stop();
    clock.stop();
  }
  const doubles = world.effects.filter((effect, index) => world.effects.indexOf(effect) !== index);
  const told = cells
    .filter(({ phase }) => notAsked[dependency]?.[phase] === undefined)
    .map((cell) => ({ ...cell, name: `${name}, ${cell.phase}` }));
  if (process.env["FAULTS_SHOW"]) {
    for (const cell of told)
      process.stdout.write(`  ${cell.name}: told ${cell.toldAfter} s, recovered ${cell.recoveredAfter} s\n`);
    process.stdout.write(`  ${name}: drained in ${drain} s, effects ${world.effects.join(", ")}\n`);
  }
  return { name, cells: told, doubles, drain, problem };
}

const isLate = ({ toldAfter, recoveredAfter }: Cell): boolean =>
  toldAfter === null || toldAfter > limits.told || recoveredAfter === null || recoveredAfter > limits.recovery;

/** A refused connection is no request, and the disk and the database count none. */
const isNotMet = ({ name, met }: Told): boolean =>
  !met && /^(?:airflow|databricks|slack|claude|issuer) (?!refused)/.test(name) && name !== plannedWithout;

const fallsShort = ({ cells, drain, problem }: StoryEnd): boolean =>
  problem !== null || drain > limits.drain || cells.some(isLate) || cells.some(isNotMet);

describe("seven things it depends on, ten faults of each, three phases", () => {
  it("never crash it, never make it act twice, and never leave people without a word", async () => {
    const all = dependencies
      .filter((dependency) => dependency !== "postgres" || server !== null)
      .flatMap((dependency) => faultsOf(dependency).map((fault) => ({ dependency, fault })))
      .filter(({ dependency, fault }) => only.test(`${dependency} ${fault}`))
      .toSorted((a, b) => speedOf(a.dependency, a.fault) - speedOf(b.dependency, b.fault));
    const ends: StoryEnd[] = [];
    const doubles: string[] = [];
    const again: typeof all = [];
    const waiting = [...all];
    const told = (end: StoryEnd): StoryEnd => {
      doubles.push(...end.doubles.map((effect) => `${end.name}: ${effect}`));
      return end;
    };
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const end = told(await story(next.dependency, next.fault));
        if (fallsShort(end)) again.push(next);
        else ends.push(end);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    // What nine others beside it may have made slow is told once more by itself, and has to hold then.
    for (const { dependency, fault } of again) {
      process.stdout.write(`  told again: ${dependency} ${fault}\n`);
      ends.push(told(await story(dependency, fault)));
    }

    const left = all.flatMap(({ dependency, fault }) =>
      phases.flatMap((phase) => {
        const why = notAsked[dependency]?.[phase];
        return why === undefined ? [] : [`${dependency} ${fault}, ${phase}: ${why}`];
      }),
    );
    const cells = ends.flatMap((end) => end.cells);
    const notMet = cells.filter(isNotMet).map(({ name }) => name);
    const slowest = (values: readonly (number | null)[]): number =>
      Math.round(Math.max(0, ...values.map((value) => value ?? Number.POSITIVE_INFINITY)));
    const figures = {
      told: slowest(cells.map(({ toldAfter }) => toldAfter)),
      recovery: slowest(cells.map(({ recoveredAfter }) => recoveredAfter)),
      drain: slowest(ends.map(({ drain }) => drain)),
    };
    process.stdout.write(
      `faults: ${cells.length} cells (${left.length} can't apply), ${crashes.length} crashes, ${doubles.length} double effects, slowest word to a person ${figures.told} s, slowest recovery ${figures.recovery} s, slowest drain ${figures.drain} s\n`,
    );
    for (const line of new Set(left.map((line) => line.replace(/ \S+,/, ","))))
      process.stdout.write(`  can't apply: ${line}\n`);
    expect(ends.flatMap(({ problem }) => problem ?? [])).toEqual([]);
    expect(notMet).toEqual([]);
    expect(crashes).toEqual([]);
    expect(doubles).toEqual([]);
    expect(cells.filter(isLate)).toEqual([]);
    expect(ends.filter(({ drain }) => drain > limits.drain)).toEqual([]);
  });
});
