import { UpstreamError } from "../core/errors.js";
import type { Clock, Logger } from "../core/ports.js";
import { type Lease, LeaseLost, type OutboxItem, type Store } from "../core/store.js";

/** Does one item of work; `retryAt` keeps it for later. It may be called again for the same item after a crash. */
export type OutboxHandler = (
  item: OutboxItem,
  signal: AbortSignal,
) => Promise<{ readonly retryAt: Date } | undefined> | Promise<void>;

export interface DispatcherDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handlers: ReadonlyMap<OutboxItem["kind"], OutboxHandler>;
  /** How many subjects are worked on at once. */
  readonly concurrency?: number;
}

export interface Dispatcher {
  start(): void;
  /** Something was ordered: look now. */
  wake(): void;
  /** Takes nothing new and waits for what is being done; when the signal aborts it waits no longer. Nothing is lost: what is left is done after the next start. */
  stop(signal?: AbortSignal): Promise<void>;
  /** Resolves when nothing is being done and nothing is due. */
  idle(): Promise<void>;
}

/** Something may have been ordered without a wake. */
const lookEveryMs = 1_000;
const firstBackOffMs = 1_000;
/** After an outage people wait no longer than this for what it held up. */
const longestBackOffMs = 20_000;

/** Does ordered work in the order it came, one item of a kind and subject at a time, until it succeeds; over restarts too. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { store, clock, logger } = deps;
  const concurrency = deps.concurrency ?? 8;
  const busy = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let rest = new AbortController();
  let started: Promise<void> | null = null;
  let looking: Promise<void> = Promise.resolve();

  function wake(): void {
    rest.abort();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      rest = new AbortController();
      await lookSafely();
      await clock.sleep(lookEveryMs, AbortSignal.any([rest.signal, stopping.signal]));
    }
  }

  async function lookSafely(): Promise<void> {
    looking = look().catch((error: unknown) => logger.error({ err: error }, "the outbox could not be read"));
    await looking;
  }

  /** Starts what is due and free. */
  async function look(): Promise<void> {
    const items = await store.transact((tx) => tx.outbox.find());
    for (const [key, group] of grouped(items)) {
      if (stopping.signal.aborted || busy.size >= concurrency) return;
      if (busy.has(key) || !isDue(group[0], clock.now())) continue;
      busy.set(key, work(key, group));
    }
  }

  async function work(key: string, group: readonly OutboxItem[]): Promise<void> {
    let isDone = true;
    try {
      if (store.leases === undefined) await handle(group, stopping.signal);
      else isDone = await handleLeased(key, await store.leases.take(key), group);
    } catch (error) {
      isDone = false;
      logger.error({ err: error, work: key }, "a lease could not be had");
    } finally {
      busy.delete(key);
      // What another process works on is looked at again in its time.
      if (isDone) wake();
    }
  }

  /** False when another process has this work. */
  async function handleLeased(key: string, lease: Lease | null, group: readonly OutboxItem[]): Promise<boolean> {
    const [first] = group;
    if (lease === null || first === undefined) return false;
    try {
      await lease.run(async () => {
        // Between our look and our lease its last holder may have done it.
        const { kind, subject } = first;
        const fresh = inOrder(await store.transact((tx) => tx.outbox.find({ kind, subject })));
        if (isDue(fresh[0], clock.now())) await handle(fresh, AbortSignal.any([stopping.signal, lease.lost]));
      });
    } catch (error) {
      if (!(error instanceof LeaseLost) && !lease.lost.aborted) throw error;
      logger.warn({ work: key }, "this work has passed to another process; nothing of it was written here");
    } finally {
      await lease.release().catch((error: unknown) => logger.warn({ err: error, work: key }, "a lease ends by itself"));
    }
    return true;
  }

  async function handle(group: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const [first] = group;
    // Showing the newest state once shows it for all who asked.
    const item = first?.kind === "publish" ? group.at(-1) : first;
    const done = item?.kind === "publish" ? group : group.slice(0, 1);
    if (item === undefined || first === undefined) return;
    try {
      const handler = deps.handlers.get(item.kind);
      if (handler === undefined) throw new Error(`nobody handles ${item.kind}`);
      const later = (await handler(item, signal)) ?? null;
      await finish(done, later === null ? null : { ...item, notBefore: later.retryAt.toISOString() });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      await postpone(done, { ...item, attempts: first.attempts }, error);
    }
  }

  async function finish(done: readonly OutboxItem[], kept: OutboxItem | null): Promise<void> {
    await store.transact(async (tx) => {
      for (const item of done) await tx.outbox.delete(item.id);
      if (kept !== null) await tx.outbox.put(kept);
    });
  }

  async function postpone(done: readonly OutboxItem[], item: OutboxItem, error: unknown): Promise<void> {
    const expected = error instanceof UpstreamError && error.retryable;
    const wait = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(item.attempts, 10));
    const fields = { err: error, kind: item.kind, subject: item.subject, attempts: item.attempts + 1 };
    if (expected) logger.warn(fields, `${item.kind} is tried again in ${wait / 1000} s`);
    else logger.error(fields, `${item.kind} failed and is tried again in ${wait / 1000} s`);
    const notBefore = new Date(clock.now().getTime() + wait).toISOString();
    try {
      await finish(done, { ...item, attempts: item.attempts + 1, notBefore });
    } catch (second) {
      if (second instanceof LeaseLost) throw second;
      logger.error({ err: second }, "the outbox could not be written");
      await clock.sleep(firstBackOffMs, stopping.signal);
    }
  }

  return {
    wake,
    start() {
      started ??= run();
    },
    async stop(signal) {
      stopping.abort();
      const ended = Promise.all([started, looking]).then(() => Promise.allSettled(busy.values()));
      const given = new Promise<void>((resolve) => {
        if (signal === undefined) return;
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([ended, given]);
    },
    async idle() {
      for (;;) {
        await looking;
        await lookSafely();
        if (busy.size === 0) return;
        await Promise.allSettled(busy.values());
      }
    },
  };
}

function grouped(items: readonly OutboxItem[]): ReadonlyMap<string, readonly OutboxItem[]> {
  const groups = new Map<string, OutboxItem[]>();
  for (const item of inOrder(items)) {
    const key = `${item.kind}|${item.subject}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function inOrder(items: readonly OutboxItem[]): readonly OutboxItem[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function isDue(item: OutboxItem | undefined, now: Date): boolean {
  return item !== undefined && (item.notBefore === null || Date.parse(item.notBefore) <= now.getTime());
}
