import type { Incident } from "../core/incident.js";
import type { Clock, Logger } from "../core/ports.js";
import type { Store, StoreTx } from "../core/store.js";
import { transcriptPrefix } from "./deepen-incident.js";

/** How many days each kind is kept. */
export interface Retention {
  readonly evidenceDays: number;
  readonly incidentDays: number;
  readonly auditDays: number;
}

export interface KeepForDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention: Retention;
  /** Takes whole months of the audit chain away; how many. */
  readonly retireAudit: (before: Date) => Promise<number>;
}

const day = 24 * 60 * 60 * 1000;

/** Lets go of what was kept long enough, once a day: quotes first, then whole incidents with all about them, then old audit. */
export function createKeepFor(deps: KeepForDeps): () => Promise<void> {
  let doneAt: number | null = null;
  return async () => {
    const now = deps.clock.now().getTime();
    if (doneAt !== null && now - doneAt < day) return;
    doneAt = now;
    const { evidenceDays, incidentDays, auditDays } = deps.retention;
    const gone = await deps.store.transact((tx) => letGo(tx, now - evidenceDays * day, now - incidentDays * day));
    const months = await deps.retireAudit(new Date(now - auditDays * day));
    if (gone.incidents + gone.quotes + months > 0)
      deps.logger.info({ ...gone, auditMonths: months }, "old data let go");
  };
}

async function letGo(tx: StoreTx, quotesBefore: number, incidentsBefore: number) {
  const count = { quotes: 0, incidents: 0 };
  const marks = (await tx.marks.find()).map(({ id }) => id);
  for (const incident of await tx.incidents.find()) {
    if (incident.state !== "recovered" && incident.state !== "closed") continue;
    const endedAt = Date.parse(incident.updatedAt);
    if (endedAt < incidentsBefore) {
      await removeWhole(tx, incident, marks);
      count.incidents += 1;
    } else if (endedAt < quotesBefore && incident.verdict !== null && incident.verdict.evidence.length > 0) {
      const { reading: _read, ...rest } = incident;
      await tx.incidents.put({ ...rest, verdict: { ...incident.verdict, evidence: [] } });
      await removeTranscripts(tx, incident.id, marks);
      count.quotes += 1;
    }
  }
  return count;
}

async function removeTranscripts(tx: StoreTx, incidentId: string, marks: readonly string[]): Promise<void> {
  const prefix = transcriptPrefix(incidentId);
  for (const id of marks) if (id.startsWith(prefix)) await tx.marks.delete(id);
}

async function removeWhole(tx: StoreTx, { id }: Incident, marks: readonly string[]): Promise<void> {
  const subjects = [`incident:${id}`, `evidence:${id}`, `reasons:${id}`, `claude:${id}`];
  for (const proposal of await tx.proposals.find({ incidentId: id })) {
    subjects.push(`proposal:${proposal.id}`);
    await tx.proposals.delete(proposal.id);
  }
  for (const subject of subjects) {
    for (const copy of await tx.messages.find({ subject })) await tx.messages.delete(copy.id);
  }
  await removeTranscripts(tx, id, marks);
  await tx.incidents.delete(id);
}
