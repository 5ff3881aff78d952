import type { Clock } from "../core/ports.js";
import { takeOver } from "../mcp/bridge/take-over.js";
import { acquireLock, type Lock, LockedError } from "../store/lowdb/lock.js";

/** The data folder's lock for one that stays: an `mcp` that holds it makes room; a bot does not. Throws LockedError then. */
export async function holdDataFolder(dataDir: string, clock: Clock, role = "start"): Promise<Lock> {
  const lock = await takeOver({ dataDir, clock, tryHold: () => tryLock(dataDir, role) });
  return lock ?? (await acquireLock(dataDir, { role }));
}

/** null while another process holds the data folder. */
export async function tryLock(dataDir: string, role: string): Promise<Lock | null> {
  try {
    return await acquireLock(dataDir, { role });
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}
