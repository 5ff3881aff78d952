import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ConfigError } from "../../core/errors.js";
import { codeOf } from "./durable-file.js";
import { processStart } from "./process-start.js";

/** Held by the one process that may write to a data folder. */
export interface Lock {
  release(): Promise<void>;
}

/** Another live process holds the data folder. */
export class LockedError extends ConfigError {
  constructor(
    readonly pid: number,
    readonly role: string,
    dataDir: string,
    otherHost: string | null,
  ) {
    super(
      otherHost === null
        ? `The data folder ${dataDir} is in use by process ${pid} (pipewright ${role}); nothing was changed.`
        : `The data folder ${dataDir} is in use by process ${pid} (pipewright ${role}) on ${otherHost}; nothing was changed.`,
      otherHost === null
        ? "Stop that process, or set PIPEWRIGHT_DATA_DIR to another folder."
        : `Stop it there; when it is gone for good, delete ${join(dataDir, headName)}.`,
    );
  }
}

interface Claim {
  readonly token: string;
  readonly pid: number;
  readonly start: string | null;
  readonly host: string;
  readonly role: string;
}

const headName = "lock.json";
/** What `link` answers on file systems without hard links. */
const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);
const leftoverMs = 60 * 60 * 1000;

/**
 * Takes the folder's lock, at once when its owner is dead. A claim is made by `link`, which only one process can win;
 * a dead owner's claim T is succeeded by the file `lock.T.json`, so that of two starters only one gets past it.
 */
export async function acquireLock(dataDir: string, { role }: { readonly role: string }): Promise<Lock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const mine: Claim = {
    token: randomBytes(12).toString("hex"),
    pid: process.pid,
    start: await processStart(process.pid),
    host: hostname(),
    role,
  };
  const head = join(dataDir, headName);
  const draft = join(dataDir, `lock.draft.${mine.token}.json`);
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    await sweep(dataDir, draft);
    for (;;) {
      if (await tryLink(draft, head)) return lockOf(head, mine);
      const first = await readClaim(head);
      if (first === "gone") continue;
      const chain = await succeed(dataDir, draft, first);
      const now = await readClaim(head);
      if (now !== "gone" && now.token === first.token) {
        await rename(draft, head);
        for (const file of chain) await rm(file, { force: true });
        return lockOf(head, mine);
      }
      // Somebody became the owner between our reading and our claim.
      await rm(chain.at(-1) ?? draft, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Walks the chain of dead claims to its end and adds ours there; the files of the chain, ours last. */
async function succeed(dataDir: string, draft: string, first: Claim): Promise<readonly string[]> {
  const chain: string[] = [];
  let claim = first;
  for (;;) {
    if (await isAlive(claim)) {
      throw new LockedError(claim.pid, claim.role, dataDir, claim.host === hostname() ? null : claim.host);
    }
    const next = join(dataDir, `lock.${claim.token}.json`);
    chain.push(next);
    if (await tryLink(draft, next)) return chain;
    const successor = await readClaim(next);
    if (successor === "gone") chain.pop();
    else claim = successor;
  }
}

function lockOf(head: string, mine: Claim): Lock {
  return {
    async release() {
      const now = await readClaim(head);
      if (now !== "gone" && now.token === mine.token) await rm(head, { force: true });
    },
  };
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: unknown) => {
      if (!noLinks.has(codeOf(error) ?? "")) throw error;
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes what starters that died on their way have left; a living one needs its draft for moments only. */
async function sweep(dataDir: string, draft: string): Promise<void> {
  const now = (await stat(draft)).mtimeMs;
  for (const name of await readdir(dataDir)) {
    if (!/^lock\.(draft\.)?[0-9a-f]{24}\.json$/.test(name)) continue;
    const path = join(dataDir, name);
    const made = await stat(path).catch(() => null);
    if (made !== null && now - made.mtimeMs > leftoverMs) await rm(path, { force: true });
  }
}

async function readClaim(path: string): Promise<Claim | "gone"> {
  // Where a claim had to be copied instead of linked, its first moments show half of it.
  for (let look = 0; look < 20; look += 1) {
    try {
      const claim = parseClaim(await readFile(path, "utf8"));
      if (claim !== null) return claim;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return "gone";
      throw error;
    }
    await pause(25);
  }
  throw new ConfigError(
    `${path} is not a lock that Pipewright wrote; nothing was changed.`,
    "Make sure that no Pipewright runs on this folder, then delete the file.",
  );
}

function parseClaim(text: string): Claim | null {
  try {
    const value = JSON.parse(text) as Partial<Claim>;
    if (typeof value.token !== "string" || !/^[0-9a-f]{24}$/.test(value.token)) return null;
    if (typeof value.pid !== "number") return null;
    const { token, pid, start = null, host = hostname(), role = "?" } = value;
    return { token, pid, start, host, role };
  } catch {
    return null;
  }
}

async function isAlive(claim: Claim): Promise<boolean> {
  if (claim.host !== hostname()) return true;
  try {
    process.kill(claim.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) === "ESRCH") return false;
  }
  const start = await processStart(claim.pid);
  return claim.start === null || start === null || start === claim.start;
}
