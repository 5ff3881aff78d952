import type { CauseHistory } from "../core/cause-history.js";
import type { Incident } from "../core/incident.js";
import { type Ending, endingOf, historyOf, isSameCause, memoryPlaces } from "../core/memory.js";
import { mayTellOf, type Readable, type ReadingRule, readablesOf } from "../core/reading.js";
import type { Store, StoreTx } from "../core/store.js";

const keptEndings = 20;
const mostPlaces = 2_000;
const prefix = "memory|";

interface Remembered {
  readonly endings: readonly Ending[];
  /** How many more there were before. */
  readonly older: number;
}

/**
 * Writes down how incidents ended, each once, where the next one of the same cause looks. An ended incident stays in reach for
 * a day before the store puts it away, so calling this at every poll misses none.
 */
export async function rememberEndings(deps: { readonly store: Store }): Promise<void> {
  await deps.store.transact(async (tx) => {
    let wrote = false;
    for (const incident of await tx.incidents.find({}, "current")) {
      if (incident.state !== "recovered" && incident.state !== "closed") continue;
      const places = memoryPlaces(incident);
      if (places.length === 0 || (await isRemembered(tx, incident, places))) continue;
      const ending = endingOf(incident, await tx.proposals.find({ incidentId: incident.id }, "current"));
      if (ending === null) continue;
      for (const id of places) wrote = (await remember(tx, id, ending)) || wrote;
    }
    if (wrote) await forgetOldest(tx);
  });
}

/** What earlier incidents of the same cause teach, archived ones included; null when there were none. `twins` share the fingerprint. */
export async function recallHistory(
  tx: StoreTx,
  incident: Incident,
  twins: readonly Incident[],
  rules: readonly ReadingRule[],
): Promise<CauseHistory | null> {
  const places = memoryPlaces(incident);
  if (places.length === 0) return null;
  const known = new Map<string, Ending>();
  let older = 0;
  for (const id of places) {
    const memory = await read(tx, id);
    const same = memory.endings.filter(
      (ending) =>
        ending.incidentId !== incident.id &&
        isSameCause(incident, ending) &&
        mayTellOf(rules, readablesOf(incident), ending.homes.map(readableHome)) &&
        (rules.length === 0 || ending.homes.every((home) => !isForeignJob(home, incident))),
    );
    // Only where all kept ones are of this cause were the older ones surely of it too.
    if (same.length === keptEndings) older = Math.max(older, memory.older);
    for (const ending of same) known.set(ending.incidentId, ending);
  }
  for (const twin of twins.slice(-keptEndings)) {
    if (twin.id === incident.id || known.has(twin.id)) continue;
    const ending = endingOf(twin, await tx.proposals.find({ incidentId: twin.id }));
    if (ending !== null) known.set(twin.id, ending);
  }
  return historyOf([...known.values()], older);
}

async function isRemembered(tx: StoreTx, incident: Incident, places: readonly string[]): Promise<boolean> {
  const at = incident.recoveredAt ?? incident.updatedAt;
  for (const id of places) {
    const { endings } = await read(tx, id);
    const isKnown = endings.some((ending) => ending.incidentId === incident.id && ending.at === at);
    if (!isKnown && mayAdd(endings, at)) return false;
  }
  return true;
}

async function remember(tx: StoreTx, id: string, ending: Ending): Promise<boolean> {
  const { endings, older } = await read(tx, id);
  const others = endings.filter((known) => known.incidentId !== ending.incidentId);
  if (!mayAdd(others, ending.at)) return false;
  const all = [...others, ending].sort((one, other) => one.at.localeCompare(other.at));
  const kept = all.slice(-keptEndings);
  await tx.marks.put({ id, value: { endings: kept, older: older + all.length - kept.length } });
  return true;
}

/** One that was let go for newer ones is not taken in again. */
function mayAdd(endings: readonly Ending[], at: string): boolean {
  return endings.length < keptEndings || at > (endings[0]?.at ?? "");
}

async function read(tx: StoreTx, id: string): Promise<Remembered> {
  const value = (await tx.marks.get(id))?.value;
  const endings = value?.["endings"];
  return {
    endings: Array.isArray(endings) ? (endings as readonly Ending[]) : [],
    older: typeof value?.["older"] === "number" ? value["older"] : 0,
  };
}

/** Marks are read and written whole, so memory is bounded: the causes seen longest ago go first. */
async function forgetOldest(tx: StoreTx): Promise<void> {
  const places = (await tx.marks.find()).filter(({ id }) => id.startsWith(prefix));
  if (places.length <= mostPlaces) return;
  const lastAt = (value: Readonly<Record<string, unknown>>): string =>
    Array.isArray(value["endings"]) ? ((value["endings"] as readonly Ending[]).at(-1)?.at ?? "") : "";
  const oldest = places.toSorted((one, other) => lastAt(one.value).localeCompare(lastAt(other.value)));
  for (const { id } of oldest.slice(0, places.length - mostPlaces)) await tx.marks.delete(id);
}

/** Of a Databricks job only the id is kept, so that no rule can be matched by its name. */
function isForeignJob(home: string, { failures }: Incident): boolean {
  const own = failures.map((one) =>
    one.kind === "databricks_run" ? `${one.connection}|${one.jobId ?? one.runId}` : "",
  );
  return home.startsWith("databricks:") && !own.includes(home);
}

/** `airflow:prod|invoices`. */
function readableHome(home: string): Readable {
  const at = home.indexOf("|");
  return { connection: home.slice(0, at), name: home.slice(at + 1) };
}
