import type { Proposal } from "./approval/proposal.js";
import type { AuditRow } from "./audit/event.js";
import type { Incident } from "./incident.js";

/** Rows by id. Everything read inside a transaction is consistent; everything written is durable (fsync) when `transact` resolves. */
export interface Table<Row extends { readonly id: string }> {
  get(id: string): Promise<Row | null>;
  put(row: Row): Promise<void>;
  delete(id: string): Promise<void>;
  /**
   * Rows whose top-level fields equal the given ones; all rows without a match. `current` leaves out what a store may have put
   * away: incidents that ended more than a day ago, and what belongs to them. Whatever runs at every poll asks for that.
   */
  find(match?: Partial<Row>, scope?: "all" | "current"): Promise<readonly Row[]>;
}

/** How far a poller got; JSON of the poller's own shape. */
export interface Mark {
  readonly id: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A failure or platform event that was already taken in; `id` is its key. */
export interface Seen {
  readonly id: string;
  readonly at: string;
}

/** Work that must happen once after the transaction that ordered it. */
export interface OutboxItem {
  readonly id: string;
  readonly kind:
    | "execute"
    | "verify"
    | "publish"
    | "investigate"
    | "decide"
    | "answer"
    | "summary"
    | "outage"
    | "offer"
    | "announce"
    | "deepen";
  /** What it is about: a proposal id, incident id … */
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly attempts: number;
  readonly notBefore: string | null;
}

/** Where a copy of a message stands, so that every copy can be edited. */
export interface MessageCopy {
  readonly id: string;
  /** `incident:<id>`, `proposal:<id>`, `evidence:<incident id>` … */
  readonly subject: string;
  readonly platform: string;
  /** The adapter's own address of the message. */
  readonly address: Readonly<Record<string, string>>;
  /** Digest of the card last shown; an unchanged card is not sent again. */
  readonly shown: string;
}

/** A person's id (`slack:U02BOB`) and the alias that stands for it in the audit. */
export interface Identity {
  readonly id: string;
  readonly alias: string;
}

export interface StoreTx {
  readonly incidents: Table<Incident>;
  readonly proposals: Table<Proposal>;
  readonly outbox: Table<OutboxItem>;
  readonly marks: Table<Mark>;
  readonly seen: Table<Seen>;
  readonly messages: Table<MessageCopy>;
  /** The only place that tells which person an audit alias stands for; deleting the row forgets the person. */
  readonly identities: Table<Identity>;
  readonly audit: {
    append(row: Omit<AuditRow, "id" | "seq">): Promise<void>;
    find(match?: Partial<AuditRow>): Promise<readonly AuditRow[]>;
    /** At most `limit` rows with a greater `seq`, in order. */
    after(seq: number, limit: number): Promise<readonly AuditRow[]>;
  };
}

/** Transactions are serialised; one that throws leaves no trace. Resolves only after the write is on disk. */
export interface Store {
  transact<T>(fn: (tx: StoreTx) => Promise<T>): Promise<T>;
  /** Absent where one process holds the store: whatever it does, nobody else does. */
  readonly leases?: Leases;
  close(): Promise<void>;
}

/** Who works on what, where several processes share a store. */
export interface Leases {
  /** The right to work on `key`; null while another process, or another piece of work here, has it. */
  take(key: string): Promise<Lease | null>;
}

/** Kept up by a heartbeat until it is released; another process takes it over some seconds after its holder has died. */
export interface Lease {
  /** Runs work whose every transaction throws LeaseLost, and leaves no trace, once another process has the lease. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Aborted as soon as it is known to be lost. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** The work has passed to another process; nothing was written, and nothing more may be sent. */
export class LeaseLost extends Error {
  constructor(key: string) {
    super(`${key} has passed to another process`);
    this.name = "LeaseLost";
  }
}
