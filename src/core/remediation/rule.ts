import type { ConnectionName } from "../airflow.js";
import type { Category } from "../verdict.js";
import type { PlanStep } from "./plan.js";

/** One rule as the policy file has it; null, or nothing, says nothing. */
export interface Rule {
  /** For people: `policy explain`, the card and the audit name rules by it. */
  readonly name?: string | null;
  readonly connection: string | null;
  readonly dag: string | null;
  readonly tag?: string | null;
  readonly task?: string | null;
  readonly category?: Category | null;
  /** `sandbox`, `real`, or the label of a connection. */
  readonly environment?: string | null;

  /** Ids of people, groups already written out. */
  readonly approvers: readonly string[] | null;
  /** How many distinct people must approve. */
  readonly quorum?: number | null;
  /** The same, where nobody has said that a rerun is safe to repeat. */
  readonly quorumUnlessIdempotent?: number | null;
  readonly fourEyes: boolean | null;
  readonly maxReruns: number | null;
  readonly perHours: number | null;
  readonly coolDownMinutes: number | null;
  readonly expiresMinutes: number | null;
  readonly freeze?: readonly FreezeWindow[] | null;
  readonly idempotent: boolean | null;
  readonly allowed: boolean | null;
  /** false: never, whatever other rules say. */
  readonly autoAllow?: AutoAllow | false | null;
}

/** A time in which nothing is rerun; it is read on the wall clock of its zone. */
export interface FreezeWindow {
  /** `mon` to `sun`, dates (`2026-12-24`) and spans of dates (`2026-12-24..2027-01-02`); empty: every day. */
  readonly days: readonly string[];
  /** `18:00`; a window that ends at or before it began ends on the next day. `24:00` is the day's end. */
  readonly from: string;
  readonly to: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
  /** The last date on which it begins; null: it goes on. */
  readonly until: string | null;
  readonly reason: string | null;
}

/** A standing approval of a named person for what the rule matches. Its cap counts every rerun that it allowed, of any run. */
export interface AutoAllow {
  readonly steps: readonly PlanStep["do"][];
  readonly maxReruns: number;
  readonly perHours: number;
  readonly approvedBy: string;
  /** ISO 8601; from this moment on it is void. */
  readonly until: string;
}

/** Who may pass over quorum, four eyes and freeze, and what follows. */
export interface BreakGlass {
  readonly people: readonly string[];
  /** A channel that is told at once, by platform: `slack:C0SECURITY`; null: only the thread is. */
  readonly announce: string | null;
  readonly reviewHours: number;
}

export interface Policy {
  readonly version: string;
  readonly approvers: readonly string[];
  readonly rules: readonly Rule[];
  /** `prod`, `staging`: what the owner calls the environment of a connection. */
  readonly labels?: Readonly<Record<ConnectionName, string>>;
  readonly breakGlass?: BreakGlass | null;
}
