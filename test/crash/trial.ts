import { setTimeout as pause } from "node:timers/promises";
import { fastClock } from "../fixtures/fast-clock.js";
import { ambiguousFaults, type Fault, type Passing } from "./fault-proxy.js";
import { type ClickAnswer, type Fleet, type FleetOptions, type ProposalView, Refused, startFleet } from "./fleet.js";
import { numbers } from "./numbers.js";
import { type BrokenRun, startUpstream, type Upstream } from "./upstream.js";

export interface TrialOptions {
  readonly seed: number;
  readonly store: FleetOptions["store"];
  readonly replicas: number;
  readonly executor?: FleetOptions["executor"];
  /** How many simulated companies, and what fails in each. */
  readonly companies: number;
  readonly clears: number;
  readonly repairs: number;
  readonly clicks: number;
  /** Called once in the middle, for what else may break. */
  readonly inTheMiddle?: () => Promise<void>;
}

/** What came of a trial; everything but `approvals`, `effects`, `kills` and `seconds` should be 0. */
export interface TrialFigures {
  readonly approvals: number;
  readonly effects: number;
  readonly double: number;
  readonly lost: number;
  readonly disagreeing: number;
  readonly notRecovered: number;
  readonly faults: number;
  readonly ambiguous: number;
  readonly kills: number;
  readonly clicks: number;
  readonly seconds: number;
  /** For whoever has to find out why. */
  readonly odd: readonly string[];
}

/** The product's minutes pass in seconds; its time-outs and settle times with them. */
const speed = 20;
const people = ["slack:BEN", "slack:CLEO", "slack:EVE"];
const shortestLifeMs = 2_000;

/** Approvals under kills, lost answers and many clicks at once; then what they have done is counted. */
export async function runTrial(options: TrialOptions): Promise<TrialFigures> {
  const began = performance.now();
  const next = numbers(options.seed);
  const time = { start: Date.parse("2026-03-02T06:30:00Z"), wall: Date.now(), speed };
  const clock = fastClock("2026-03-02T06:30:00Z", speed);
  const effects = new Map<string, number>();
  const faults = new FaultDice(next);
  const upstreams: Upstream[] = [];
  for (let i = 1; i <= options.companies; i += 1) {
    upstreams.push(
      await startUpstream({
        name: `w${i}`,
        clock,
        clears: options.clears,
        repairs: options.repairs,
        chooseFault: (system, passing) => faults.roll(`w${i} ${system}`, passing),
        onEffect: (effect) => effects.set(effect, (effects.get(effect) ?? 0) + 1),
      }),
    );
  }
  const broken = upstreams.flatMap((upstream) => upstream.broken);
  let lives = 0;
  const fleet = await startFleet({
    replicas: options.replicas,
    store: options.store,
    time,
    upstreams: upstreams.map(({ address }) => address),
    executor: options.executor ?? "guarded",
    // Many a life ends at a transaction of its own, early or late, before it or between it and what follows.
    dieAt: () => {
      lives += 1;
      if (lives <= options.replicas || next(3) > 0) return null;
      return { at: 1 + next(next(2) === 0 ? 30 : 500), when: next(2) === 0 ? "before" : "after" };
    },
    life: () => ({ ms: shortestLifeMs + next(2 * shortestLifeMs), answers: 5 + next(60) }),
  });
  try {
    faults.on = true;
    await fleet.ask(
      "seed",
      broken.map(({ incident }) => incident),
    );
    const answers = new Map<string, ClickAnswer[]>();
    const half = Math.floor(broken.length / 2);
    let done = 0;
    await inTurns(broken, 12, async (run) => {
      const proposalId = await askAgain<string>(fleet, "propose", run.incident.id);
      answers.set(proposalId, await clickAll(fleet, proposalId, options.clicks, next));
      done += 1;
      if (done === half) await options.inTheMiddle?.();
    });
    let views = await viewsWhen(fleet, (rows) => ended(rows) >= broken.length * 0.9, 90);
    fleet.calm();
    faults.on = false;
    views = await viewsWhen(fleet, (rows) => ended(rows) === broken.length, 90);
    return {
      ...judge(broken, effects, views, answers),
      faults: faults.thrown,
      ambiguous: faults.ambiguous,
      kills: fleet.deaths(),
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await fleet.stop();
    for (const upstream of upstreams) await upstream.stop();
  }
}

/** One in five writing requests meets a fault after which nobody knows; reads break now and then. */
class FaultDice {
  on = false;
  thrown = 0;
  ambiguous = 0;
  private readonly struck = new Set<string>();

  constructor(private readonly next: (below: number) => number) {}

  roll(place: string, { method, path, body }: Passing): Fault | null {
    if (!this.on || path.includes("/auth/") || path.includes("/oidc/")) return null;
    const isDryRun = body.includes('"dry_run":true') || path.endsWith("/dry_run");
    const writes = method !== "GET" && !isDryRun;
    if (this.next(100) >= (writes ? 20 : 2)) return null;
    const all: readonly Fault[] = writes ? ambiguousFaults : [...ambiguousFaults, "slow", "http_429", "http_503"];
    const fault = all[this.next(all.length)] ?? null;
    // Five requests in a row that never arrive end in words, for a person; kills take their share of the five.
    const key = `${place} ${path} ${body}`;
    const arrives =
      fault === "slow" || fault === "truncate" || fault === "done_then_reset" || fault === "done_then_silence";
    if (writes && !arrives && this.struck.has(key)) return null;
    if (writes && !arrives) this.struck.add(key);
    this.thrown += 1;
    if (writes) this.ambiguous += 1;
    return fault;
  }
}

/** Who is told in words that it could not be done just now asks again. */
async function askAgain<T>(fleet: Fleet, door: "propose" | "click" | "ended", body: unknown): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fleet.ask<T>(door, body);
    } catch (error) {
      if (!(error instanceof Refused) || attempt > 20) throw error;
      await pause(200);
    }
  }
}

/** Three people press the same button at once, many times over. */
function clickAll(fleet: Fleet, proposalId: string, clicks: number, next: (below: number) => number) {
  return Promise.all(
    Array.from({ length: clicks }, () => click(fleet, { proposalId, personId: people[next(people.length)] })),
  );
}

/** While the store is away nobody can be checked, and the person is told to click again. */
async function click(fleet: Fleet, body: unknown): Promise<ClickAnswer> {
  for (;;) {
    const answer = await askAgain<ClickAnswer>(fleet, "click", body);
    if (answer.refusal !== "look_up_failed") return answer;
    await pause(200);
  }
}

async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function ended(views: readonly ProposalView[]): number {
  return views.filter(({ state }) => state === "spent").length;
}

async function viewsWhen(
  fleet: Fleet,
  enough: (views: readonly ProposalView[]) => boolean,
  seconds: number,
): Promise<readonly ProposalView[]> {
  const until = performance.now() + seconds * 1_000;
  for (;;) {
    const views = await askAgain<readonly ProposalView[]>(fleet, "ended", null);
    if (enough(views) || performance.now() > until) return views;
    await pause(500);
  }
}

function judge(
  broken: readonly BrokenRun[],
  effects: ReadonlyMap<string, number>,
  views: readonly ProposalView[],
  answers: ReadonlyMap<string, readonly ClickAnswer[]>,
) {
  const odd: string[] = [];
  const count = (effect: string): number => effects.get(effect) ?? 0;
  let whole = 0;
  let double = 0;
  let lost = 0;
  for (const view of views) {
    const expected = view.steps.map(effectsOf);
    const once = expected.flatMap((step) => step.once);
    const twice = [...once, ...expected.flatMap((step) => step.atMostOnce)].filter((effect) => count(effect) > 1);
    const never = once.filter((effect) => count(effect) === 0);
    if (twice.length > 0) double += 1;
    if (never.length > 0) lost += 1;
    if (twice.length + never.length === 0) whole += 1;
    else odd.push(...twice.map((effect) => `${count(effect)} x ${effect}`), ...never.map((effect) => `0 x ${effect}`));
  }
  // Every clicker is told of the same decision, whoever made it.
  const disagreeing = views.filter(({ id, decidedBy }) =>
    (answers.get(id) ?? []).some((answer) => answer.decidedBy !== decidedBy),
  );
  const notRecovered = views.filter(({ execution }) => execution !== "recovered");
  odd.push(...notRecovered.map(({ incidentId, outcome, trail }) => `${incidentId}: ${outcome} ${trail.join(" | ")}`));
  return {
    approvals: broken.length,
    effects: whole,
    double,
    lost,
    disagreeing: disagreeing.length,
    notRecovered: notRecovered.length + Math.max(0, broken.length - views.length),
    clicks: [...answers.values()].reduce((sum, all) => sum + all.length, 0),
    odd: odd.slice(0, 20),
  };
}

/** What an approved step must do once, and what besides it may do, never twice; as the upstream names its effects. */
function effectsOf(step: ProposalView["steps"][number]): {
  readonly once: readonly string[];
  readonly atMostOnce: readonly string[];
} {
  const name = step.connection.slice(step.connection.indexOf(":") + 1);
  switch (step.do) {
    case "databricks_repair":
      return { once: [`${name} repair ${step.runId}`], atMostOnce: [] };
    case "airflow_set_success":
      // Airflow clears what stands behind a task that was marked done; where it does not, we do.
      return { once: [`${name} success ${step.runId}`], atMostOnce: [`${name} clear ${step.runId}`] };
    default:
      return { once: [`${name} clear ${step.runId}`], atMostOnce: [] };
  }
}
