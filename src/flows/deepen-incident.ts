import type { ModelBudget } from "../agent/budget.js";
import { type Deepened, deepen, type Progress, type ReadTool } from "../agent/deepen.js";
import { explainError, UpstreamError } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Model } from "../core/model.js";
import { type ModelReading, type ModelSpent, nothingSpent } from "../core/model-reading.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import type { OutboxItem, Store, StoreTx } from "../core/store.js";
import { type Category, categories } from "../core/verdict.js";
import { withoutValues } from "./hide-values.js";
import { orderWork } from "./order-work.js";
import { isLive } from "./take-failure.js";

export interface DeepenIncidentDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly model: Model;
  readonly budget: ModelBudget;
  readonly mostUsdPerDay: number;
  /** Reads only, and only where nothing forbids that it leaves; let go of with `close`. */
  readonly openTools: (incident: Incident) => Promise<{ readonly tools: readonly ReadTool[]; close(): Promise<void> }>;
  readonly redact: (text: string) => string;
  readonly hideValues: (text: string) => string;
  /** False where the configuration keeps a connection's failures from the model, and the incident tells of it. */
  readonly mayLeave: (incident: Incident) => boolean;
}

/** The ids of the marks that keep what left for the model in an incident, and what it said. */
export function transcriptPrefix(incidentId: string): string {
  return `claude|${incidentId}|`;
}

/** Enough for people; a storm must not take every place of the outbox. */
const mostAtOnce = 2;
const waitMs = 5_000;

/** Handles `deepen`: lets the model read on in an incident, within its budgets, over restarts; the thread shows how far it is. */
export function createDeepenIncident(deps: DeepenIncidentDeps) {
  let running = 0;
  return async (item: OutboxItem, signal: AbortSignal): Promise<{ readonly retryAt: Date } | undefined> => {
    if (running >= mostAtOnce) return { retryAt: new Date(deps.clock.now().getTime() + waitMs) };
    running += 1;
    try {
      await readOn(item, signal, deps);
      return undefined;
    } finally {
      running -= 1;
    }
  };
}

interface Kept {
  readonly progress: Progress;
}

async function readOn(item: OutboxItem, signal: AbortSignal, deps: DeepenIncidentDeps): Promise<void> {
  const { store } = deps;
  const question = typeof item.payload["question"] === "string" ? item.payload["question"] : null;
  const place = `${transcriptPrefix(item.subject)}${item.id}`;
  const { incident, kept, today } = await store.transact(async (tx) => ({
    incident: await tx.incidents.get(item.subject),
    kept: ((await tx.marks.get(place))?.value ?? null) as Kept | null,
    today: await spentToday(tx, deps.clock),
  }));
  if (incident === null || !isLive(incident) || !deps.mayLeave(incident)) return;
  if (today >= deps.mostUsdPerDay) {
    deps.logger.warn({ usd: today }, "Claude has cost as much today as claude.usd_per_day allows; rules answer alone");
    return;
  }
  const room = await deps.openTools(incident);
  let last = kept?.progress ?? null;
  const early = showEarly(incident.id, question, () => last, deps);
  try {
    const done = await deepen(
      {
        incident: withoutValues(incident, (text) => deps.hideValues(deps.redact(text))),
        question,
        before: last,
        signal,
        onClaims: early.take,
        async onProgress(progress) {
          const before = last?.spent ?? nothingSpent;
          last = progress;
          return keepTurn(place, incident.id, { question, progress, before, claims: early.claims() }, deps);
        },
      },
      { model: deps.model, tools: room.tools, budget: deps.budget, clock: deps.clock },
    ).finally(early.ended);
    await show(incident.id, finished(done, question, deps), deps);
    await store.transact((tx) => tx.marks.delete(outageMark));
  } catch (error) {
    // The process stops: what was kept goes on after the start.
    if (signal.aborted) throw error;
    if (!(error instanceof UpstreamError)) throw error;
    await failed(incident.id, question, last, error, deps);
  } finally {
    await room.close();
  }
}

/** Chat platforms take about one edit of a message a second. */
const editEveryMs = 1_000;

/** Shows claims while the answer is still being written, each checked; what comes in between waits for the next, or for the end. */
function showEarly(incidentId: string, question: string | null, at: () => Progress | null, deps: DeepenIncidentDeps) {
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown: ModelReading["claims"] = [];
  let showing: Promise<void> = Promise.resolve();
  return {
    claims: () => shown,
    take(claims: ModelReading["claims"]): void {
      const now = deps.clock.now().getTime();
      if (claims.length <= shown.length || now - shownAt < editEveryMs) return;
      shownAt = now;
      shown = claims;
      const { steps = [], spent = nothingSpent } = at() ?? {};
      const reading: ModelReading = { ...blank(deps.model.name, question), claims, steps, spent };
      showing = showing.then(() => show(incidentId, reading, deps));
      // It is thrown where the reading ends.
      showing.catch(() => undefined);
    },
    ended: () => showing,
  };
}

interface Turn {
  readonly question: string | null;
  readonly progress: Progress;
  readonly before: ModelSpent;
  /** Those that the thread shows already. */
  readonly claims: ModelReading["claims"];
}

/** One turn: the conversation so far, its cost, and what the thread shows of it. False once the incident is over. */
async function keepTurn(
  place: string,
  incidentId: string,
  { question, progress, before, claims }: Turn,
  deps: DeepenIncidentDeps,
): Promise<boolean> {
  return deps.store.transact(async (tx) => {
    const value: Kept = { progress };
    await tx.marks.put({ id: place, value: { ...value } });
    await addToDay(tx, progress.spent.usd - before.usd, deps.clock);
    const incident = await tx.incidents.get(incidentId);
    if (incident === null || !isLive(incident)) return false;
    const { name: model } = deps.model;
    const { steps, spent } = progress;
    const reading: ModelReading = { ...blank(model, question), claims, steps, spent };
    await put(tx, incident, reading, deps);
    return true;
  });
}

function blank(model: string, question: string | null): ModelReading {
  return {
    state: "reading",
    model,
    question,
    steps: [],
    claims: [],
    dropped: 0,
    category: null,
    alternatives: [],
    nextStep: null,
    note: null,
    spent: nothingSpent,
  };
}

function finished(
  { reading, progress, because }: Deepened,
  question: string | null,
  deps: DeepenIncidentDeps,
): ModelReading {
  const base = { ...blank(deps.model.name, question), steps: progress.steps, spent: progress.spent };
  if (reading === null) return { ...base, state: "silent", note: `Claude gave no answer: ${because ?? "it ended"}.` };
  if (reading.claims.length === 0) {
    const note = "Claude said nothing that stands in what it read, so none of it is shown.";
    return { ...base, state: "silent", dropped: reading.dropped, note };
  }
  const category = categories.find((known): known is Category => known === reading.category) ?? null;
  return { ...base, ...reading, state: "answered", category };
}

/** Said once in an outage, in the thread that met it first; the rules' answers stand there anyway. */
async function failed(
  incidentId: string,
  question: string | null,
  last: Progress | null,
  error: UpstreamError,
  deps: DeepenIncidentDeps,
): Promise<void> {
  deps.logger.warn({ err: error, incident: incidentId }, "Claude could not be asked; rules answer alone");
  const wasSaid = await deps.store.transact(async (tx) => {
    const known = await tx.marks.get(outageMark);
    await tx.marks.put({ id: outageMark, value: { since: known?.value["since"] ?? deps.clock.now().toISOString() } });
    return known !== null;
  });
  if (wasSaid && last === null) return;
  const note = `${explainError(error)} What the rules found stands.`;
  const spent = last?.spent ?? nothingSpent;
  await show(incidentId, { ...blank(deps.model.name, question), state: "silent", note, spent }, deps);
}

async function show(incidentId: string, reading: ModelReading, deps: DeepenIncidentDeps): Promise<void> {
  await deps.store.transact(async (tx) => {
    const incident = await tx.incidents.get(incidentId);
    if (incident !== null) await put(tx, incident, reading, deps);
  });
}

async function put(tx: StoreTx, incident: Incident, reading: ModelReading, deps: DeepenIncidentDeps): Promise<void> {
  await tx.incidents.put({ ...incident, reading });
  await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
}

const outageMark = "claude-outage";

function dayMark(clock: Clock): string {
  return `claude-day|${clock.now().toISOString().slice(0, 10)}`;
}

async function spentToday(tx: StoreTx, clock: Clock): Promise<number> {
  const usd = (await tx.marks.get(dayMark(clock)))?.value["usd"];
  return typeof usd === "number" ? usd : 0;
}

async function addToDay(tx: StoreTx, usd: number, clock: Clock): Promise<void> {
  await tx.marks.put({ id: dayMark(clock), value: { usd: (await spentToday(tx, clock)) + usd } });
}
