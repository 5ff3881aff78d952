import type { Proposal } from "../../core/approval/proposal.js";
import type { Incident } from "../../core/incident.js";
import type { MessageCopy, Seen } from "../../core/store.js";
import type { ArchivedRow } from "./archive.js";
import type { HotData } from "./hot-data.js";

const day = 24 * 60 * 60 * 1000;
/** A recovered incident is reopened by the same failure within this time. */
const archiveAfter = day;
/** Longer than any poller looks back. */
const seenFor = 8 * day;

/** What has left its usefulness in the hot set: ended incidents with everything about them, and their audit rows. */
export function rowsToArchive(data: HotData, now: Date): readonly ArchivedRow[] {
  const incidents = [...data.tables.incidents.values()] as Incident[];
  const old = incidents.filter((incident) => endedBefore(incident, now.getTime() - archiveAfter));
  const oldIds = new Set(old.map((incident) => incident.id));
  const proposals = ([...data.tables.proposals.values()] as Proposal[]).filter((row) => oldIds.has(row.incidentId));
  const subjects = new Set([...oldIds, ...proposals.map((row) => row.id)]);
  const messages = ([...data.tables.messages.values()] as MessageCopy[]).filter((row) =>
    subjects.has(row.subject.slice(row.subject.indexOf(":") + 1)),
  );
  const audit = data.audit.filter(
    (row) =>
      Date.parse(row.at) < now.getTime() - archiveAfter &&
      (row.incidentId === null || oldIds.has(row.incidentId) || !data.tables.incidents.has(row.incidentId)),
  );
  return [
    ...[...data.gone].map((key) => goneRow(key)),
    ...old.map((row) => ({ table: "incidents" as const, id: row.id, row })),
    ...proposals.map((row) => ({ table: "proposals" as const, id: row.id, row })),
    ...messages.map((row) => ({ table: "messages" as const, id: row.id, row })),
    ...audit.map((row) => ({ table: "audit" as const, id: row.id, row })),
  ];
}

/** Takes archived rows and outworn keys out of the hot set. */
export function removeFromHot(data: HotData, archived: readonly ArchivedRow[], now: Date): void {
  const audit = new Set<string>();
  for (const { table, id } of archived) {
    if (table === "audit") audit.add(id);
    else data.tables[table].delete(id);
  }
  if (audit.size > 0) data.audit = data.audit.filter((row) => !audit.has(row.id));
  data.gone.clear();
  for (const seen of [...data.tables.seen.values()] as Seen[]) {
    if (Date.parse(seen.at) < now.getTime() - seenFor) data.tables.seen.delete(seen.id);
  }
}

function endedBefore(incident: Incident, moment: number): boolean {
  if (incident.state !== "recovered" && incident.state !== "closed") return false;
  return Date.parse(incident.recoveredAt ?? incident.updatedAt) < moment && Date.parse(incident.updatedAt) < moment;
}

function goneRow(key: string): ArchivedRow {
  const cut = key.indexOf("/");
  return { table: key.slice(0, cut) as ArchivedRow["table"], id: key.slice(cut + 1), row: null };
}
