import { setImmediate as turn } from "node:timers/promises";

/** Many waiting transactions share one write; each is told only after the write that holds it is on disk. */
export interface GroupCommit {
  /** Orders a write of everything applied so far; `undo` takes the change back should the write fail. */
  commit(undo: () => void): Promise<void>;
  /** Resolves when everything applied so far is on disk. */
  settled(): Promise<void>;
}

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

/** `write` must take its picture of the data before its first await. A failed write undoes every change that is not on disk. */
export function createGroupCommit(write: () => Promise<void>, onFailure: (error: unknown) => unknown): GroupCommit {
  let waiters: Waiter[] = [];
  let undos: (() => void)[] = [];
  let running = false;
  let flight: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiters.length > 0) {
      await turn();
      const batch = waiters;
      const applied = undos;
      waiters = [];
      undos = [];
      try {
        flight = write();
        await flight;
        for (const waiter of batch) waiter.resolve();
      } catch (error) {
        for (const undo of [...applied, ...undos].reverse()) undo();
        const failed = [...batch, ...waiters];
        waiters = [];
        undos = [];
        const reason = onFailure(error);
        for (const waiter of failed) waiter.reject(reason);
      } finally {
        flight = null;
      }
    }
    running = false;
  }

  function wait(): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => waiters.push({ resolve, reject }));
    if (!running) {
      running = true;
      void run();
    }
    return promise;
  }

  return {
    commit(undo) {
      undos.push(undo);
      return wait();
    },
    async settled() {
      if (undos.length > 0) await wait();
      else if (flight !== null) await flight;
    },
  };
}
