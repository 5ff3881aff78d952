import type { Clock } from "../../src/core/ports.js";
import type { Dependency, FaultedWorld } from "./faulted-world.js";

export const phases = ["before the decision", "while it is carried out", "while the outcome is verified"] as const;
export type Phase = (typeof phases)[number];

/** What one fault did in one phase; seconds of the product's own clock. */
export interface Cell {
  readonly phase: Phase;
  /** Until somebody read that it goes on, or that something is wrong. */
  readonly toldAfter: number | null;
  /** From healing to where it would have been. */
  readonly recoveredAfter: number | null;
  /** Whether anything was asked of what was broken. */
  readonly met: boolean;
}

const toldMs = 120_000;
/**
 * How long a fault lasts. What was sent without a good answer is looked up 65 s after it went out, whatever has healed: so
 * long the other side may still be at it.
 */
const holdMs: Readonly<Record<Phase, number>> = {
  "before the decision": 25_000,
  "while it is carried out": 50_000,
  "while the outcome is verified": 20_000,
};
const recoveryMs = 120_000;
/** Long enough for a card to be tried again. */
const afterwardsMs = 15_000;
const lookEveryMs = 1_000;
const patienceMs = 240_000;

/** Words by which a card, an answer or a page says that something is wrong and goes on. */
const trouble =
  /tried again|keep looking|keep trying|can't be (?:read|watched)|could not be|can't be (?:written|reached)|can't reach|No answer came|does not answer|Nothing was done|not kept/;

/** One failure from its beginning to its recovery, with the same fault in each of three phases. */
export async function tellStory(world: FaultedWorld, dependency: Dependency, clock: Clock): Promise<readonly Cell[]> {
  const saysByLog = dependency === "disk" || dependency === "postgres";

  /** Looks until it is so; null when patience ends. The product's seconds it took. */
  async function until(isSo: () => Promise<boolean>, withinMs: number): Promise<number | null> {
    const began = clock.now().getTime();
    for (;;) {
      if (await isSo()) return (clock.now().getTime() - began) / 1000;
      if (clock.now().getTime() - began > withinMs) return null;
      await clock.sleep(lookEveryMs);
    }
  }

  async function must(what: string, isSo: () => Promise<boolean>): Promise<void> {
    if ((await until(isSo, patienceMs)) === null) throw new Error(`never happened: ${what}`);
  }

  async function duringFault(
    phase: Phase,
    goesOn: () => Promise<boolean>,
    act: () => Promise<string | null>,
    isThere: () => Promise<boolean>,
  ): Promise<Cell> {
    const before = await world.console();
    const lines = world.log.length;
    const began = clock.now().getTime();
    const metBefore = world.met();
    const writes = dependency === "airflow" || dependency === "databricks";
    await world.strike(phase === phases[1] && writes ? "from_first_write" : "all");
    const refused = await act();
    const isTold = async (): Promise<boolean> => {
      if (refused !== null || (await goesOn())) return true;
      if (saysByLog && world.log.length > lines) return true;
      return trouble.test(newIn(await world.console(), before));
    };
    const heard = await until(isTold, toldMs);
    const toldAfter = heard === null ? null : (clock.now().getTime() - began) / 1000;
    // What is carried out in spite of it is over: the next phase begins.
    const isOver = async (): Promise<boolean> => phase === phases[1] && (await shows(carriedOut));
    await until(isOver, holdMs[phase] - (clock.now().getTime() - began));
    await world.heal();
    const met = world.met() > metBefore;
    const recoveredAfter = await until(isThere, recoveryMs);
    return { phase, toldAfter, recoveredAfter, met };
  }

  /** A chat that is away holds nothing up: the fault that was there at the click is there at the end, too. */
  async function whileNobodyReads(): Promise<readonly Cell[]> {
    const began = clock.now().getTime();
    const since = (at: number): number => (clock.now().getTime() - at) / 1000;
    const metBefore = world.met();
    await world.strike("all");
    await world.approve(proposalOf(await world.console()) ?? "");
    await must("it is asked for", () => shows(/Asked to/));
    const asked = since(began);
    await must("it is sent", () => shows(sent));
    const [sentAt, metSent] = [clock.now().getTime(), world.met()];
    await must("the console says that it recovered", () => shows(recovered));
    const ended = since(sentAt);
    await clock.sleep(afterwardsMs);
    const metEnd = world.met();
    await world.heal();
    const recoveredAfter = await until(hasRecovered, recoveryMs);
    return [
      { phase: phases[1], toldAfter: asked, recoveredAfter, met: metSent > metBefore },
      { phase: phases[2], toldAfter: ended, recoveredAfter, met: metEnd > (world.hangs ? metBefore : metSent) },
    ];
  }

  const inSlack = async (what: RegExp): Promise<boolean> => dependency !== "slack" || what.test(await world.slack());
  const shows = async (what: RegExp): Promise<boolean> => what.test(await world.console());
  const proposalOf = (text: string): string | null =>
    [...text.matchAll(/"action":"approve"[^}]*"value":"(pro_\w+)"/g)].at(-1)?.[1] ?? null;
  const isProposed = async (): Promise<boolean> =>
    proposalOf(await world.console()) !== null && (await inSlack(/Will run/));
  const hasRecovered = async (): Promise<boolean> => (await shows(recovered)) && (await inSlack(recovered));

  // What had failed before the first look opens no thread.
  await must("every connection is looked at", world.hasLooked);
  const cells: Cell[] = [];
  if (dependency === "claude") {
    // Claude is asked where the rules are not sure, or by a person.
    world.breakPipeline();
    await must("a rerun is proposed", isProposed);
    const before = messagesIn(await world.console());
    const isAnswered = async (): Promise<boolean> => messagesIn(await world.console()) > before + 1;
    const ask = async () => world.ask(proposalOf(await world.console()) ?? "");
    cells.push(await duringFault(phases[0], isAnswered, ask, isAnswered));
  } else {
    cells.push(
      await duringFault(
        phases[0],
        () => shows(/"action":"approve"/),
        async () => {
          world.breakPipeline();
          return dependency === "issuer" ? world.signInAnew() : null;
        },
        async () => (await isProposed()) && (dependency !== "issuer" || (await world.signInAnew()) === null),
      ),
    );
  }
  await must("a rerun is proposed", isProposed);
  const proposal = proposalOf(await world.console()) ?? "";
  let approvedAt = 0;
  /** Whoever is refused, or told to click again, clicks again after a while. */
  const approveAgain = async (): Promise<void> => {
    const now = clock.now().getTime();
    const newest = proposalOf(await world.console());
    if (now - approvedAt < 5_000 || newest === null) return;
    approvedAt = now;
    await world.approve(newest);
  };
  if (dependency === "slack") return [...cells, ...(await whileNobodyReads())];
  cells.push(
    await duringFault(
      phases[1],
      () => shows(/Asked to/),
      () => world.approve(proposal),
      async () => {
        await approveAgain();
        return shows(carriedOut);
      },
    ),
  );
  await must("it is sent", () => shows(sent));
  cells.push(
    await duringFault(
      phases[2],
      () => shows(recovered),
      async () => null,
      hasRecovered,
    ),
  );
  await must("it recovers", hasRecovered);
  return cells;
}

/** A repair is under way then, and takes its own time. */
const carriedOut = /(?:Done|Found done): /;
const sent = /Everything was sent/;
const recovered = /✓ Recovered/;

function messagesIn(text: string): number {
  return text.split('"seq":').length - 1;
}

/** The lines of cards that were not there before, as far as they can be told apart. */
function newIn(now: string, before: string): string {
  const known = new Set(before.split('"'));
  return now
    .split('"')
    .filter((part) => !known.has(part))
    .join("\n");
}
