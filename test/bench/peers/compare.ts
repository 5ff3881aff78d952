import { median } from "../figure.js";
import { measureOverhead, type Overhead } from "../overhead.js";
import { type RecordingRelay, startRecordingRelay } from "../recording-relay.js";
import { failures } from "./failures.js";
import type { BenchServer } from "./policy.js";
import { type BenchSession, type Interview, openSession } from "./session.js";

/** What one server did with all failures. */
export interface Comparison {
  readonly name: string;
  readonly version: string;
  readonly tools: number;
  readonly definitions: number;
  /** By DAG. */
  readonly interviews: ReadonlyMap<string, Interview>;
  /** Asking for a run's tasks. */
  readonly overhead: Overhead;
}

export interface Candidate {
  readonly version: string;
  /** Through an address of its own, so that its requests can be counted. */
  server(airflowUrl: string): BenchServer;
}

const rounds = 3;
const overheadRounds = 25;

interface Opened {
  readonly candidate: Candidate;
  readonly server: BenchServer;
  readonly relay: RecordingRelay;
  readonly session: BenchSession;
}

/** Asks every server why each run failed, in turns, so that a busy moment of the machine hits all of them. */
export async function compare(
  airflowUrl: string,
  runIds: ReadonlyMap<string, string>,
  candidates: readonly Candidate[],
): Promise<readonly Comparison[]> {
  const opened: Opened[] = [];
  try {
    const [[firstDag = "", firstRun = ""] = []] = runIds;
    for (const candidate of candidates) opened.push(await open(candidate, airflowUrl, firstDag, firstRun));
    const asked = new Map(opened.map((one) => [one, new Map<string, Interview[]>()]));
    for (let round = 0; round < rounds; round += 1) {
      for (const failure of failures) {
        for (const one of opened) {
          const known = asked.get(one)?.get(failure.dagId) ?? [];
          asked
            .get(one)
            ?.set(failure.dagId, [...known, await one.session.ask(failure, runIds.get(failure.dagId) ?? "")]);
        }
      }
    }
    const results: Comparison[] = [];
    for (const one of opened) {
      const { session, relay, server } = one;
      const list = server.listTasks(firstDag, firstRun);
      results.push({
        name: server.name,
        version: one.candidate.version,
        tools: session.tools,
        definitions: session.definitions,
        interviews: new Map([...(asked.get(one) ?? [])].map(([dagId, all]) => [dagId, middle(all)])),
        overhead: await measureOverhead(relay, () => session.call(list), overheadRounds),
      });
    }
    return results;
  } finally {
    for (const { session, relay } of opened) {
      await session.close();
      await relay.stop();
    }
  }
}

async function open(candidate: Candidate, airflowUrl: string, dagId: string, runId: string): Promise<Opened> {
  const relay = await startRecordingRelay(airflowUrl);
  const server = candidate.server(relay.url);
  const session = await openSession(server);
  // Logging in, and whatever else is done once.
  await session.call(server.listTasks(dagId, runId));
  return { candidate, server, relay, session };
}

/** The same each time but for the milliseconds. */
function middle(all: readonly Interview[]): Interview {
  const [first] = all;
  if (first === undefined) throw new Error("nothing was asked");
  return { ...first, ms: median(all.map(({ ms }) => ms)) };
}
