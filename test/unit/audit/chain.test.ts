import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Anchor, type ChainEntry, chainStart, createChainCheck, linkRow } from "../../../src/core/audit/chain.js";
import type { AuditRow } from "../../../src/core/audit/event.js";
import { macWith } from "../../../src/store/audit-chain/audit-key.js";

const mac = macWith("a key that only the owner of this installation has");
const otherMac = macWith("a key that somebody else would use instead of it");

function row(seq: number, detail: string): AuditRow {
  return {
    id: `aud_${seq}`,
    seq,
    at: `2026-03-01T08:00:${String(seq % 60).padStart(2, "0")}.000Z`,
    actor: seq % 3 === 0 ? "per_1" : "pipewright",
    action: seq % 3 === 0 ? "approved" : "request_sent",
    incidentId: seq % 4 === 0 ? null : "inc_1",
    proposalId: null,
    detail,
  };
}

function chainOf(details: readonly string[], start: Anchor = chainStart, by = mac): ChainEntry[] {
  let head = start;
  return details.map((detail, index) => {
    const subject = { connection: "airflow:prod", dagId: "ledger" };
    const entry = linkRow(row(start.seq + index + 1, detail), subject, head, by);
    head = entry;
    return entry;
  });
}

function check(lines: readonly unknown[], anchors: readonly Anchor[] = [], start: Anchor = chainStart) {
  const checker = createChainCheck(mac, anchors, start);
  for (const line of lines) checker.take(line);
  return checker.end();
}

const details = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);

describe("the audit chain", () => {
  it("proves itself whole, also after a part of it was retired", () => {
    const chain = chainOf(details);
    const head = chain.at(-1);
    expect(check(chain)).toMatchObject({ ok: true, entries: 12, head: { seq: 12, mac: head?.mac } });
    const fifth = chain[4] ?? chainStart;
    expect(check(chain.slice(5), [], { seq: 5, mac: fifth.mac })).toMatchObject({ ok: true, entries: 7 });
  });

  it("finds every changed field at the entry that was changed", () => {
    const chain = chainOf(details);
    const fields = Object.keys(chain[0] ?? {}) as (keyof ChainEntry)[];
    let tried = 0;
    for (const [index, entry] of chain.entries()) {
      for (const field of fields) {
        const before = entry[field];
        const changed = field === "seq" ? entry.seq + 1 : before === null ? "airflow:other" : `${String(before)}x`;
        const lines = chain.map((other, at) => (at === index ? { ...other, [field]: changed } : other));
        expect(check(lines), `${field} of entry ${index + 1}`).toMatchObject({ ok: false, seq: index + 1 });
        tried += 1;
      }
    }
    expect(tried).toBe(12 * 11);
  });

  it("finds whatever an editor without the key does before the last anchor", () => {
    const chain = chainOf(details);
    const head = chain.at(-1) ?? chainStart;
    const anchor = { seq: head.seq, mac: head.mac.slice(0, 16) };
    const edits = fc.oneof(
      fc.nat(11).map((at) => chain.filter((_, index) => index !== at)),
      fc.nat(11).map((at) => chain.flatMap((entry, index) => (index === at ? [entry, entry] : [entry]))),
      fc
        .tuple(fc.nat(10), fc.integer({ min: 1, max: 11 }))
        .map(([from, by]) => swapped(chain, from, Math.min(11, from + by))),
      fc.nat(11).map((kept) => chain.slice(0, kept)),
      fc.nat(11).map((at) => chain.map((entry, index) => (index === at ? null : entry))),
      // Everything from an entry on is written anew with another key.
      fc.nat(11).map((at) => {
        const start = at === 0 ? chainStart : (chain[at - 1] ?? chainStart);
        return [
          ...chain.slice(0, at),
          ...chainOf(
            details.slice(at).map((text) => `${text}!`),
            start,
            otherMac,
          ),
        ];
      }),
    );
    fc.assert(
      fc.property(edits, (lines) => {
        expect(check(lines, [anchor]).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("can't see what was cut off behind the last anchor, and sees it with a later one", () => {
    const chain = chainOf(details);
    const eighth = chain[7] ?? chainStart;
    expect(check(chain.slice(0, 9), [eighth])).toMatchObject({ ok: true, entries: 9 });
    expect(check(chain.slice(0, 9), [chain[10] ?? chainStart])).toEqual({
      ok: false,
      seq: 10,
      problem: "is missing: the chain was anchored at entry 11",
    });
  });

  it("sees a chain that its key's owner wrote anew by the anchor alone", () => {
    const chain = chainOf(details);
    const rewritten = chainOf(details.map((text) => `${text}, embellished`));
    expect(check(rewritten).ok).toBe(true);
    expect(check(rewritten, [chain[6] ?? chainStart])).toMatchObject({ ok: false, seq: 7 });
  });
});

function swapped<T>(list: readonly T[], one: number, other: number): T[] {
  const copy = [...list];
  const a = copy[one];
  const b = copy[other];
  if (a !== undefined && b !== undefined) [copy[one], copy[other]] = [b, a];
  return copy;
}
