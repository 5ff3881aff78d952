import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
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
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function readClaim(path: string): Promise<Claim | "gone"> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "gone";
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<Claim>;
    if (typeof value.token === "string" && /^[0-9a-f]{24}$/.test(value.token) && typeof value.pid === "number") {
      return {
        token: value.token,
        pid: value.pid,
        start: value.start ?? null,
        host: value.host ?? hostname(),
        role: value.role ?? "?",
      };
    }
  } catch {
    // Falls through: a claim is linked whole, so an unreadable one was not written by us.
  }
  throw new ConfigError(
    `${path} is not a lock that Pipewright wrote; nothing was changed.`,
    "Make sure that no Pipewright runs on this folder, then delete the file.",
  );
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
