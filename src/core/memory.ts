import type { Proposal } from "./approval/proposal.js";
import type { CauseHistory } from "./cause-history.js";
import type { Failure } from "./failure.js";
import type { Incident } from "./incident.js";
import { areAlike, tellingWords } from "./telling-words.js";

/** What ended an incident: which rerun, nobody of us, or a person who closed it. */
export type EndedBy = "clear" | "repair" | "producer" | "new_run" | "fix" | "itself" | "closed";

/** What is kept of an incident that ended, so that the next one like it can learn from it. */
export interface Ending {
  readonly incidentId: string;
  readonly fingerprint: string;
  /** The DAGs or jobs it held, each with its connection. */
  readonly homes: readonly string[];
  readonly signature: string | null;
  readonly exception: string | null;
  readonly object: string | null;
  /** The wording of the line that showed the cause; absent in what was kept before this was. */
  readonly wording?: readonly string[];
  readonly at: string;
  readonly endedBy: EndedBy;
  /** Reruns by Pipewright that failed before. */
  readonly failedReruns: number;
}

type Cause = Pick<Ending, "fingerprint" | "homes" | "signature" | "exception" | "object" | "wording">;

const mostHomes = 5;

/** null while an incident goes on, and for one whose cause nobody ever read. */
export function endingOf(incident: Incident, proposals: readonly Proposal[]): Ending | null {
  if (incident.state !== "recovered" && incident.state !== "closed") return null;
  const cause = causeOf(incident);
  if (cause === null) return null;
  const helped = proposals.find(({ execution }) => execution?.state === "recovered");
  return {
    incidentId: incident.id,
    ...cause,
    at: incident.recoveredAt ?? incident.updatedAt,
    endedBy: incident.state === "closed" ? "closed" : helped === undefined ? "itself" : kindOf(helped),
    failedReruns: proposals.filter(({ execution }) => execution?.state === "failed").length,
  };
}

/** Where endings of the same cause are kept; equal places are a first sieve, `isSameCause` decides. */
export function memoryPlaces(incident: Incident): readonly string[] {
  const cause = causeOf(incident);
  if (cause === null) return [];
  const { signature, exception, object, homes } = cause;
  return [
    ...(signature !== null && object !== null ? [place("object", signature, object)] : []),
    ...homes.map((home) => place("home", home, signature ?? "", exception ?? "")),
    ...homes.map((home) => place("like", home, signature ?? "")),
  ];
}

/**
 * The same fingerprint; or the same signature on the same object; or in the same DAG or job the same signature with the same
 * exception, or with nearly the same wording of its telling line, on an object that only carries another date or cluster id.
 * What was not diagnosed never matches across DAGs.
 */
export function isSameCause(incident: Incident, ending: Cause): boolean {
  const cause = causeOf(incident);
  if (cause === null) return false;
  if (cause.fingerprint === ending.fingerprint) return true;
  if (cause.signature !== ending.signature) return false;
  const sameHome = cause.homes.some((home) => ending.homes.includes(home));
  const { object } = cause;
  if (cause.signature !== null && object !== null && object === ending.object) {
    return sameHome || lasting(object) === object;
  }
  if (!sameHome || !sameObject(cause, ending)) return false;
  return (
    (cause.exception !== null && cause.exception === ending.exception) ||
    areAlike(cause.wording ?? [], ending.wording ?? [])
  );
}

/** Two incidents of one cause, by the same rules. */
export function areSameCause(incident: Incident, other: Incident): boolean {
  const cause = causeOf(other);
  return cause !== null && isSameCause(incident, cause);
}

/** Endings of one cause as a sentence; null of none. `older` were seen too, but how they ended is not kept. */
export function historyOf(endings: readonly Ending[], older = 0): CauseHistory | null {
  const newest = endings.toSorted((one, other) => other.at.localeCompare(one.at));
  const [last] = newest;
  if (last === undefined) return null;
  const kinds = new Map<EndedBy, number>();
  for (const { endedBy } of newest) kinds.set(endedBy, (kinds.get(endedBy) ?? 0) + 1);
  const parts = [...kinds]
    .toSorted((one, other) => other[1] - one[1])
    .map(([kind, count]) => `${timesWord(count)} ${endedWords[kind]}`);
  const failed = newest.reduce((sum, { failedReruns }) => sum + failedReruns, 0);
  if (failed > 0) parts.push(`${timesWord(failed)} a rerun did not help`);
  const times = newest.length + older;
  const scope = older > 0 ? `; of the last ${newest.length}` : "";
  return {
    times,
    words: `Seen ${timesWord(times)} before${scope}: ${parts.join(", ")}`,
    lastAt: last.at,
    lastIncidentId: last.incidentId,
  };
}

const endedWords: Readonly<Record<EndedBy, string>> = {
  clear: "a clear helped",
  repair: "a repair helped",
  producer: "a run of its producer helped",
  new_run: "a new run helped",
  fix: "a rerun after a fix helped",
  itself: "it went well without a rerun by Pipewright",
  closed: "it was closed without a recovery",
};

function timesWord(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

function kindOf({ plan }: Proposal): EndedBy {
  if (plan.afterFix === true) return "fix";
  if (plan.steps.some((step) => step.do === "airflow_wait")) return "producer";
  if (plan.steps.some((step) => step.do === "databricks_run_now")) return "new_run";
  return plan.steps.some((step) => step.do === "databricks_repair") ? "repair" : "clear";
}

/** null where neither a signature nor an exception says what it was: nothing may be learnt from that. */
function causeOf({ verdict, fingerprint, failures }: Incident): Cause | null {
  if (verdict === null || verdict.outcome === "no_failure") return null;
  const { signature, normalisedException: exception, object } = verdict;
  if (signature === null && exception === null) return null;
  const homes = [...new Set(failures.map(homeOf))].slice(0, mostHomes);
  return { fingerprint, homes, signature, exception, object, wording: tellingWords(verdict) };
}

function homeOf(failure: Failure): string {
  const name = failure.kind === "databricks_run" ? (failure.jobId ?? failure.runId) : failure.dagId;
  return `${failure.connection}|${name}`;
}

function sameObject(one: Cause, other: Cause): boolean {
  if (one.object === null || other.object === null) return one.object === other.object;
  return lasting(one.object) === lasting(other.object);
}

/** An object's name without what differs from run to run: dates and ids of clusters and runs. */
function lasting(object: string): string {
  return object
    .replaceAll(/\b\d{4}-\d{6}-[a-z0-9]{4,12}\b/g, "<cluster>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<id>")
    .replaceAll(/\b20\d\d-?[01]\d-?[0-3]\d\b/g, "<date>");
}

function place(...parts: string[]): string {
  return `memory|${JSON.stringify(parts)}`;
}
