import { type Anchor, type ChainEntry, chainStart, createChainCheck, linkRow } from "../../src/core/audit/chain.js";
import { macWith } from "../../src/store/audit-chain/audit-key.js";

const mac = macWith("a key that only the owner of this installation has");
const strangersMac = macWith("a key that somebody else would use instead of it");
const length = 120;
const anchoredAt = [40, 80, 100];

/** An edited chain, by the kind of the edit. */
interface Edit {
  readonly kind: string;
  readonly lines: readonly unknown[];
}

export interface TamperingFigures {
  /** By kind: how many edits before the last anchor, and how many of them were found. */
  readonly found: ReadonlyMap<string, { readonly tried: number; readonly found: number }>;
  /** Edits behind the last anchor that are no cut. */
  readonly behind: { readonly tried: number; readonly found: number };
  /** Lengths at which the end was cut off behind the last anchor, and how many of these cuts nobody sees. */
  readonly cuts: { readonly tried: number; readonly unseen: number };
}

function written(details: readonly string[], start: Anchor = chainStart, by = mac): ChainEntry[] {
  let head = start;
  return details.map((detail, index) => {
    const seq = start.seq + index + 1;
    const action = seq % 3 === 0 ? ("approved" as const) : ("request_sent" as const);
    const row = { id: `aud_${seq}`, seq, at: "2026-03-01T08:00:00.000Z", actor: "per_1", action, detail };
    const subject = { connection: "airflow:prod", dagId: "ledger" };
    const entry = linkRow({ ...row, incidentId: "inc_1", proposalId: null }, subject, head, by);
    head = entry;
    return entry;
  });
}

const details = Array.from({ length }, (_, index) => `line ${index + 1}`);
const chain = written(details);
const anchors = chain.filter(({ seq }) => anchoredAt.includes(seq)).map(({ seq, mac: code }) => ({ seq, mac: code }));

function isFound(lines: readonly unknown[]): boolean {
  const check = createChainCheck(mac, anchors);
  for (const line of lines) check.take(line);
  return !check.end().ok;
}

/** Everything that can be done to entry `at` (from 0) and what follows it. */
function* editsAt(at: number): Iterable<Edit> {
  const entry = chain[at];
  if (entry === undefined) return;
  const before = chain.slice(0, at);
  const after = chain.slice(at + 1);
  for (const [field, value] of Object.entries(entry)) {
    const changed = typeof value === "number" ? value + 1 : value === null ? "airflow:other" : `${String(value)}x`;
    yield { kind: "a field changed", lines: [...before, { ...entry, [field]: changed }, ...after] };
    const { [field as "detail"]: _, ...less } = entry;
    yield { kind: "a field taken away", lines: [...before, less, ...after] };
  }
  yield { kind: "a field added", lines: [...before, { ...entry, note: "trust me" }, ...after] };
  yield { kind: "an entry taken out", lines: [...before, ...after] };
  yield { kind: "an entry repeated", lines: [...before, entry, entry, ...after] };
  yield { kind: "a line made unreadable", lines: [...before, null, ...after] };
  const next = after[0];
  if (next !== undefined) yield { kind: "two entries swapped", lines: [...before, next, entry, ...after.slice(1)] };
  const start = before.at(-1) ?? chainStart;
  const [forged] = written(["forged"], start, strangersMac);
  yield { kind: "an entry put in", lines: [...before, forged, entry, ...after] };
  const others = details.slice(at).map((text) => `${text}, embellished`);
  yield { kind: "rewritten from here without the key", lines: [...before, ...written(others, start, strangersMac)] };
}

/** What only somebody who has the key can do: nothing but the anchors shows it. */
function* editsWithKeyAt(at: number): Iterable<Edit> {
  const before = chain.slice(0, at);
  const others = details.slice(at).map((text) => `${text}, embellished`);
  yield {
    kind: "rewritten from here with the key",
    lines: [...before, ...written(others, before.at(-1) ?? chainStart)],
  };
  yield { kind: "cut off from here", lines: before };
}

export function tamper(): TamperingFigures {
  const last = Math.max(...anchoredAt);
  const found = new Map<string, { tried: number; found: number }>();
  const behind = { tried: 0, found: 0 };
  for (let at = 0; at < length; at += 1) {
    const isBefore = at < last;
    for (const { kind, lines } of [...editsAt(at), ...(isBefore ? editsWithKeyAt(at) : [])]) {
      // The last entry taken out is a cut.
      if (!isBefore && kind === "an entry taken out" && at === length - 1) continue;
      const count = isBefore ? (found.get(kind) ?? { tried: 0, found: 0 }) : behind;
      if (isBefore) found.set(kind, count);
      count.tried += 1;
      if (isFound(lines)) count.found += 1;
    }
  }
  const cuts = { tried: 0, unseen: 0 };
  for (let kept = last; kept < length; kept += 1) {
    cuts.tried += 1;
    if (!isFound(chain.slice(0, kept))) cuts.unseen += 1;
  }
  return { found, behind, cuts };
}
