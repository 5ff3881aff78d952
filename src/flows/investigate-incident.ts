import type { Investigation } from "../agent/investigate.js";
import { explainError, UpstreamError } from "../core/errors.js";
import { type Failure, failureKey } from "../core/failure.js";
import { finalFingerprint } from "../core/fingerprint.js";
import type { Incident } from "../core/incident.js";
import type { Clock, Ids, Logger } from "../core/ports.js";
import { mayTellOf, type ReadingRule, readablesOf } from "../core/reading.js";
import { rerunRefusal } from "../core/remediation/rerun-refusal.js";
import type { OutboxItem, Store, StoreTx } from "../core/store.js";
import type { Verdict } from "../core/verdict.js";
import { orderWork } from "./order-work.js";
import type { ProposalDesk } from "./propose.js";
import { recallHistory } from "./remember-endings.js";
import { retireProposals } from "./retire-proposals.js";
import { isLive } from "./take-failure.js";

export interface InvestigateDeps {
  /** True where a model is to read on; absent where there is none. */
  readonly asksModel?: (incident: Incident) => boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly investigate: (failure: Failure) => Promise<Investigation>;
  readonly proposals: Pick<ProposalDesk, "proposeForAlert">;
  /** The owner the configuration names for a DAG; wins over Airflow's own. */
  readonly ownerOf: (dagId: string) => string | null;
  /** Failures that not the same people may read about share no thread, and tell nothing of each other. */
  readonly readingRules: readonly ReadingRule[];
}

/** A recovered incident is reopened by the same fingerprint for so long; later it is a new one, linked to the old. */
const reopenMs = 24 * 3_600_000;
const retryMs = 10_000;
/** Whoever gave no answer was waited for long enough already. */
const afterTimeoutMs = 1_000;
const patienceMs = 10 * 60_000;

/** Handles `investigate`: diagnoses the failure, settles which incident it belongs to, and offers the rerun that can help. */
export async function investigateIncident(
  item: OutboxItem,
  deps: InvestigateDeps,
): Promise<{ retryAt: Date } | undefined> {
  const incident = await deps.store.transact((tx) => tx.incidents.get(item.subject));
  const failure =
    incident?.failures.find((known) => failureKey(known) === item.payload["failureKey"]) ?? incident?.failures.at(-1);
  if (incident === null || incident === undefined || failure === undefined || !isLive(incident)) return undefined;

  let found: Investigation;
  try {
    found = await deps.investigate(failure);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return await couldNotRead(incident, error, item, deps);
  }
  const home = await deps.store.transact((tx) => settle(tx, incident.id, failure, found, deps));
  return home === null ? undefined : offerRerun(home, item, deps);
}

/** Stores the diagnosis; a failure whose cause already has a thread moves there. Returns the incident that now holds it. */
async function settle(
  tx: StoreTx,
  incidentId: string,
  failure: Failure,
  found: Investigation,
  deps: InvestigateDeps,
): Promise<Incident | null> {
  const current = await tx.incidents.get(incidentId);
  // It may have gone well while its evidence was read.
  if (current === null || !isLive(current)) return null;
  const now = deps.clock.now();
  const at = now.toISOString();
  const fingerprint = finalFingerprint(failure, found.verdict);
  const twins = (await tx.incidents.find({ fingerprint })).filter(
    (other) => other.id !== current.id && haveSameReaders(current, other, deps.readingRules),
  );
  const live = twins.find(isLive);
  const recovered = twins.find(
    (other) => other.recoveredAt !== null && now.getTime() - new Date(other.recoveredAt).getTime() < reopenMs,
  );
  const untouched = current.verdict === null;

  // Only an incident that has no thread yet may vanish into another one.
  const target = untouched ? (live ?? recovered) : undefined;
  const base = target ?? current;
  const reopened = !isLive(base);
  const proposalId = (await retireMisfits(tx, base, found.verdict, reopened, deps)) ? null : base.proposalId;
  const diagnosed: Incident = {
    ...base,
    fingerprint,
    state: base.state === "acting" || base.state === "verifying" ? base.state : "diagnosed",
    failures: target === undefined ? base.failures : [...base.failures, ...current.failures],
    verdict: found.verdict,
    blocked: found.blocked,
    links: found.links,
    changes: found.changes ?? [],
    owner: (current.dagId === null ? null : deps.ownerOf(current.dagId)) ?? found.owner,
    proposalId,
    noRerunBecause: null,
    updatedAt: at,
    recoveredAt: null,
    earlierIncidentId: base.earlierIncidentId ?? (target === undefined ? (twins.at(-1)?.id ?? null) : null),
  };
  await tx.incidents.put({ ...diagnosed, history: await recallHistory(tx, diagnosed, twins, deps.readingRules) });
  if (target !== undefined) {
    await tx.incidents.delete(current.id);
    await tx.audit.append({
      at,
      actor: "alert",
      action: reopened ? "incident_reopened" : "incident_joined",
      incidentId: target.id,
      proposalId: null,
      detail: `${current.title} has the same cause; ${current.id} goes on here`,
    });
  }
  await orderWork(tx, { kind: "publish", subject: diagnosed.id }, deps);
  // The rules' answer is ordered before: it is never waited for.
  if (deps.asksModel?.(diagnosed) === true) await orderWork(tx, { kind: "deepen", subject: diagnosed.id }, deps);
  deps.logger.info(
    { incident: diagnosed.id, signature: found.verdict.signature, confidence: found.verdict.confidence },
    `diagnosed ${diagnosed.title}: ${found.verdict.summary}`,
  );
  return diagnosed;
}

/** A person who asks without saying that the cause is gone; where even they get no plan, the thread says why. */
const whoeverAsks = { requester: { kind: "person", id: "", name: "" }, afterFix: false } as const;

/** No working button stands beside a verdict that no rerun helps, nor in a thread that begins anew. True when none is left. */
async function retireMisfits(
  tx: StoreTx,
  incident: Incident,
  verdict: Verdict,
  reopened: boolean,
  deps: InvestigateDeps,
): Promise<boolean> {
  if (reopened) {
    await retireProposals(tx, incident.id, { state: "expired", detail: "The incident began anew" }, deps);
    return true;
  }
  if (rerunRefusal(verdict, whoeverAsks) === null || waitsAsBefore(incident, verdict)) return false;
  const retired = await retireProposals(
    tx,
    incident.id,
    {
      state: "superseded",
      detail: "The newest diagnosis says that a rerun as it is can't help",
      which: ({ plan }) => plan.requester.kind === "alert",
    },
    deps,
  );
  return retired > 0;
}

/** A plan that begins with the producer of a missing input stands as long as that is what is missing. */
function waitsAsBefore({ verdict: before }: Incident, verdict: Verdict): boolean {
  return verdict.category === "missing_upstream_data" && before?.category === verdict.category;
}

/** A proposal is made by the alert itself where a rerun is known to help, or a run of what makes the missing input; else the thread says why not. */
async function offerRerun(
  incident: Incident,
  item: OutboxItem,
  deps: InvestigateDeps,
): Promise<{ retryAt: Date } | undefined> {
  const verdict = incident.verdict;
  if (verdict === null || incident.state === "acting" || incident.state === "verifying") return undefined;
  let because: string | null = null;
  const mayHelp = verdict.rerunHelps === "yes" || verdict.category === "missing_upstream_data";
  if (verdict.outcome === "diagnosed" && mayHelp) {
    try {
      await deps.proposals.proposeForAlert(incident.id);
    } catch (error) {
      const retryAt = error instanceof UpstreamError && error.retryable ? nextTry(item, error, deps) : null;
      // An outage says nothing about the rerun.
      if (retryAt !== null) return { retryAt };
      because = explainError(error);
    }
  } else if (verdict.outcome === "diagnosed" && rerunRefusal(verdict, whoeverAsks) !== null) {
    because = verdict.nextStep;
  }
  await deps.store.transact(async (tx) => {
    const now = await tx.incidents.get(incident.id);
    if (now === null) return;
    await tx.incidents.put({ ...now, noRerunBecause: because });
    await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
  });
  return undefined;
}

function haveSameReaders(one: Incident, other: Incident, rules: readonly ReadingRule[]): boolean {
  const [here, there] = [readablesOf(one), readablesOf(other)];
  return mayTellOf(rules, here, there) && mayTellOf(rules, there, here);
}

/** When what could not be read is tried again; null once patience is over. */
function nextTry(item: OutboxItem, { reason }: UpstreamError, { clock }: InvestigateDeps): Date | null {
  const now = clock.now().getTime();
  return now - new Date(item.createdAt).getTime() < patienceMs
    ? new Date(now + (reason === "timeout" ? afterTimeoutMs : retryMs))
    : null;
}

/** The thread opens even when nothing can be read yet, says whose move it is, and the reading is tried again. */
async function couldNotRead(
  incident: Incident,
  error: UpstreamError,
  item: OutboxItem,
  deps: InvestigateDeps,
): Promise<{ retryAt: Date } | undefined> {
  const now = deps.clock.now();
  const retryAt = nextTry(item, error, deps);
  const words = explainError(error);
  await deps.store.transact(async (tx) => {
    const current = await tx.incidents.get(incident.id);
    if (current === null || !isLive(current) || current.verdict?.outcome === "diagnosed") return;
    const verdict = current.verdict ?? unreadable(words, retryAt !== null);
    await tx.incidents.put({ ...current, verdict, updatedAt: now.toISOString() });
    await orderWork(tx, { kind: "publish", subject: incident.id }, deps);
  });
  deps.logger.warn(
    { incident: incident.id, reason: error.reason },
    `could not investigate ${incident.title}: ${words}`,
  );
  return retryAt === null ? undefined : { retryAt };
}

function unreadable(words: string, again: boolean): Verdict {
  return {
    outcome: "abstained",
    category: "unknown",
    signature: null,
    confidence: 0,
    summary: "I don't know yet: the evidence could not be read.",
    rerunHelps: "unsure",
    nextStep: again ? `${words} I keep trying for ten minutes.` : words,
    evidence: [],
    alternatives: [],
    databricksRuns: [],
    object: null,
    normalisedException: null,
    failedAncestor: null,
    redactions: 0,
    warnings: [words],
  };
}
