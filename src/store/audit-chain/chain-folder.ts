import { mkdir, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type Anchor, type ChainEntry, chainStart, type Mac } from "../../core/audit/chain.js";
import { ConfigError } from "../../core/errors.js";
import type { Clock } from "../../core/ports.js";
import { codeOf, createDurableFile, syncFolder } from "../lowdb/durable-file.js";

const segmentName = /^chain-\d{4}-\d{2}\.jsonl$/;
const retiredName = "retired.json";

/** The append-only audit chain of a data folder, one file a month. */
export interface AuditChain {
  /** The last entry; `chainStart` of an empty chain. */
  head(): Promise<Anchor & { readonly id: string | null }>;
  /** Durable (fsync) when it resolves. */
  append(entries: readonly ChainEntry[]): Promise<void>;
  /** Takes whole months away that ended before the moment; how many. What is left still proves itself. */
  retire(before: Date): Promise<number>;
}

/** `retired.json`: where the rest of the chain begins, signed so that nobody shortens it unseen. */
interface Retired extends Anchor {
  readonly proof: string;
}

export function openChainFolder(folder: string, deps: { readonly mac: Mac; readonly clock: Clock }): AuditChain {
  // Only the process that holds the data folder appends.
  let known: (Anchor & { readonly id: string | null }) | null = null;

  return {
    async head() {
      known ??= await readHead();
      return known;
    },

    async append(entries) {
      if (entries.length === 0) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `chain-${deps.clock.now().toISOString().slice(0, 7)}.jsonl`);
      known = null;
      const file = await open(path, "a", 0o600);
      try {
        await file.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), "utf8");
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(folder);
      known = entries.at(-1) ?? null;
    },

    async retire(before) {
      const month = before.toISOString().slice(0, 7);
      const names = await segmentsOf(folder);
      // The newest stays whatever its age: the chain goes on from its last entry.
      const old = names.slice(0, -1).filter((name) => name.slice("chain-".length, -".jsonl".length) < month);
      const newest = old.at(-1);
      const last = newest === undefined ? null : await lastEntry(join(folder, newest));
      if (last === null) return 0;
      const start = { seq: last.seq, mac: last.mac };
      const retired: Retired = { ...start, proof: deps.mac(proofText(start)) };
      await createDurableFile<Retired>(join(folder, retiredName)).save(retired);
      for (const name of old) await rm(join(folder, name));
      await syncFolder(folder);
      return old.length;
    },
  };

  async function readHead(): Promise<Anchor & { readonly id: string | null }> {
    for (const name of (await segmentsOf(folder)).reverse()) {
      const last = await lastEntry(join(folder, name));
      if (last !== null) return last;
    }
    return { ...(await startOfChain(folder, deps.mac)), id: null };
  }
}

/** Every line of the chain in order, parsed where it can be; what is no JSON comes as null. */
export async function* readChain(folder: string): AsyncIterable<unknown> {
  const names = await segmentsOf(folder);
  for (const name of names) {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) yield parsed(line);
    // Half a line at the very end is of a crash while appending: its row is still in the store.
    if (rest !== "" && name !== names.at(-1)) yield null;
  }
}

/** Where the chain begins; throws when the note about retired months was changed. */
export async function startOfChain(folder: string, mac: Mac): Promise<Anchor> {
  const retired = await createDurableFile<Retired>(join(folder, retiredName)).load();
  if (retired === null) return chainStart;
  const start = { seq: retired.seq, mac: retired.mac };
  if (retired.proof === mac(proofText(start))) return start;
  throw new ConfigError(
    `${join(folder, retiredName)} was changed, or the audit key is another one.`,
    "Restore it from a backup, and set the key with which the chain was begun.",
  );
}

function proofText({ seq, mac }: Anchor): string {
  return JSON.stringify(["retired through", seq, mac]);
}

async function segmentsOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => segmentName.test(name)).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** The last whole entry; half a line behind it is of a crash while appending, and its row is still in the store. */
async function lastEntry(path: string): Promise<ChainEntry | null> {
  const text = await readFile(path, "utf8");
  const end = text.lastIndexOf("\n") + 1;
  if (end < text.length) await truncate(path, Buffer.byteLength(text.slice(0, end), "utf8"));
  if (end === 0) return null;
  const line = text.slice(text.lastIndexOf("\n", end - 2) + 1, end - 1);
  const entry = parsed(line);
  if (entry !== null) return entry as ChainEntry;
  throw new ConfigError(
    `The last entry of the audit chain in ${path} can't be read; nothing is added behind it.`,
    "Run `pipewright audit verify`, and restore the file from a backup.",
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
