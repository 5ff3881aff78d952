import type { WorldState } from "./state.js";

/** Where the world is kept; the store of the product is another place, but both live and are reset together. */
export interface WorldFile {
  load(): Promise<unknown | null>;
  save(state: unknown): Promise<void>;
}

export interface Keeper {
  load(): Promise<WorldState | null>;
  /** Saves before it resolves. */
  keep(): Promise<void>;
  /** Saves at once, without waiting. */
  keepInBackground(): void;
  /** Something happened by itself: saves soon. A crash before loses nothing, the same is played again. */
  changed(): void;
  close(): Promise<void>;
}

const SOON_MS = 1_500;

/** Saves the world one save at a time; what changes meanwhile goes into the next. */
export function createKeeper(file: WorldFile | null, read: () => WorldState): Keeper {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const keep = (): Promise<void> => {
    if (file === null) return Promise.resolve();
    if (timer !== null) clearTimeout(timer);
    timer = null;
    waiting ??= running
      .catch(() => undefined)
      .then(() => {
        waiting = null;
        running = file.save(structuredClone(read()));
        return running;
      });
    return waiting;
  };
  return {
    async load() {
      const kept = (await file?.load()) ?? null;
      return isWorld(kept) ? kept : null;
    },
    keep,
    keepInBackground() {
      keep().catch(() => undefined);
    },
    changed() {
      if (file === null || timer !== null) return;
      timer = setTimeout(() => {
        timer = null;
        keep().catch(() => undefined);
      }, SOON_MS);
      timer.unref();
    },
    async close() {
      await keep();
    },
  };
}

/** A world of an older make is not continued: it begins anew. */
function isWorld(kept: unknown): kept is WorldState {
  return typeof kept === "object" && kept !== null && (kept as { schema?: unknown }).schema === 1;
}
