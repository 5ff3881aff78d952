import type { AuditRow } from "./event.js";

/** HMAC-SHA-256 (hex) of a text with the audit's key. */
export type Mac = (text: string) => string;

/** One line of the chain: an audit row, what it was about, and a code over both and the code before it. */
export interface ChainEntry {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  /** An alias (`per_…`), `alert`, `pipewright` or `policy:<rule>`: never a person's own id. */
  readonly actor: string;
  readonly action: string;
  readonly connection: string | null;
  readonly dagId: string | null;
  readonly incidentId: string | null;
  readonly proposalId: string | null;
  readonly detail: string;
  readonly mac: string;
}

export type ChainSubject = Pick<ChainEntry, "connection" | "dagId">;

/** A place of the chain that is known from outside: `132:9f3a22b1…`. */
export interface Anchor {
  readonly seq: number;
  /** At least 16 characters of the code. */
  readonly mac: string;
}

/** Where a chain begins: before its first row, or behind rows that were retired after their time. */
export const chainStart: Anchor = { seq: 0, mac: "0".repeat(64) };

/** The row as the chain keeps it behind `previous`. */
export function linkRow(row: AuditRow, subject: ChainSubject, previous: Anchor, mac: Mac): ChainEntry {
  const entry = { ...row, ...subject };
  return { ...fieldsOf(entry), mac: mac(signedText(entry, previous.mac)) };
}

export type ChainCheck =
  | { readonly ok: true; readonly entries: number; readonly head: Anchor }
  /** `seq` of the first broken entry, as far as it can be told. */
  | { readonly ok: false; readonly seq: number; readonly problem: string };

/** Checks entry after entry from `start` on, and the anchors on the way. */
export function createChainCheck(mac: Mac, anchors: readonly Anchor[], start: Anchor = chainStart) {
  let head = start;
  let entries = 0;
  let broken: Extract<ChainCheck, { ok: false }> | null = null;

  /** What is wrong with the next line; null when it follows. */
  function problemOf(value: unknown, wanted: number): string | null {
    if (!isChainEntry(value)) return "is no audit entry";
    if (value.seq > wanted) return "is missing";
    if (value.seq < wanted) return `stands where entry ${value.seq} is repeated`;
    if (value.mac !== mac(signedText(value, head.mac))) return "was changed, or one before it was";
    const anchor = anchors.find(({ seq }) => seq === wanted);
    return anchor === undefined || value.mac.startsWith(anchor.mac) ? null : "is not the one that was anchored outside";
  }

  return {
    /** `value` is one parsed line; anything may stand there. */
    take(value: unknown): void {
      if (broken !== null) return;
      const seq = head.seq + 1;
      const problem = problemOf(value, seq);
      if (problem !== null) {
        broken = { ok: false, seq, problem };
        return;
      }
      head = { seq, mac: (value as ChainEntry).mac };
      entries += 1;
    },
    end(): ChainCheck {
      if (broken !== null) return broken;
      const beyond = anchors.filter(({ seq }) => seq > head.seq).sort((a, b) => b.seq - a.seq)[0];
      if (beyond !== undefined) {
        return { ok: false, seq: head.seq + 1, problem: `is missing: the chain was anchored at entry ${beyond.seq}` };
      }
      return { ok: true, entries, head };
    },
  };
}

const texts = ["id", "at", "actor", "action", "detail", "mac"] as const;
const textsOrNull = ["connection", "dagId", "incidentId", "proposalId"] as const;

function isChainEntry(value: unknown): value is ChainEntry {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(fields["seq"]) &&
    texts.every((name) => typeof fields[name] === "string") &&
    textsOrNull.every((name) => fields[name] === null || typeof fields[name] === "string") &&
    Object.keys(fields).length === texts.length + textsOrNull.length + 1
  );
}

function fieldsOf(entry: Omit<ChainEntry, "mac">): Omit<ChainEntry, "mac"> {
  const { seq, id, at, actor, action, connection, dagId, incidentId, proposalId, detail } = entry;
  return { seq, id, at, actor, action, connection, dagId, incidentId, proposalId, detail };
}

/** A list in a fixed order needs no canonical form. */
function signedText(entry: Omit<ChainEntry, "mac">, previousMac: string): string {
  return JSON.stringify([previousMac, ...Object.values(fieldsOf(entry))]);
}
