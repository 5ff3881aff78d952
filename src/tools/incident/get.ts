import { z } from "zod";
import type { Incident } from "../../core/incident.js";
import { areSameCause } from "../../core/memory.js";
import { momentWords } from "../../core/rca/time-words.js";
import { defineTool } from "../define-tool.js";
import { evidence, links, strings } from "../fields.js";
import { cutText } from "../lookup/cut-text.js";
import { byOpening, requireIncident } from "../lookup/find-incident.js";
import type { ToolPorts } from "../ports.js";

const mostEvidence = 5;
const mostSimilar = 5;
const longestQuote = 240;

const input = z.strictObject({ incident: z.string().min(1).max(80) });

const output = z.object({
  incident: z.string(),
  title: z.string(),
  connection: z.string(),
  dag: z.string().nullable(),
  state: z.string(),
  opened: z.string(),
  recovered: z.string().nullable(),
  category: z.string().nullable(),
  summary: z.string().nullable(),
  nextStep: z.string().nullable(),
  noRerunBecause: z.string().nullable(),
  evidence,
  blocked: strings,
  owner: z.string().nullable(),
  changes: strings,
  seenBefore: z.string().nullable(),
  similar: z.array(
    z.object({
      incident: z.string(),
      title: z.string(),
      opened: z.string(),
      recovered: z.string().nullable(),
      ended: z.string().nullable(),
    }),
  ),
  proposals: z.array(
    z.object({
      proposal: z.string(),
      state: z.string(),
      decidedBy: z.string().nullable(),
      decided: z.string().nullable(),
      outcome: z.string().nullable(),
    }),
  ),
  links,
});

function isSimilar(incident: Incident, other: Incident): boolean {
  return other.id !== incident.id && (other.id === incident.earlierIncidentId || areSameCause(incident, other));
}

function seenWords({ history = null }: Incident): string | null {
  if (history === null) return null;
  return `${history.words}; last ${momentWords(history.lastAt) ?? history.lastAt}, ${history.lastIncidentId}`;
}

async function getIncident(asked: z.infer<typeof input>, ports: ToolPorts): Promise<z.infer<typeof output>> {
  const incident = await requireIncident(ports, asked.incident);
  const [all, proposals] = await Promise.all([ports.incidents.list({}), ports.proposals.ofIncident(incident.id)]);
  const similar = all
    .filter((other) => isSimilar(incident, other))
    .toSorted(byOpening)
    .slice(0, mostSimilar);
  const endings = await Promise.all(similar.map((other) => ports.proposals.ofIncident(other.id)));
  const { verdict } = incident;
  return {
    incident: incident.id,
    title: incident.title,
    connection: incident.connection,
    dag: incident.dagId,
    state: incident.state,
    opened: incident.openedAt,
    recovered: incident.recoveredAt,
    category: verdict?.category ?? null,
    summary: verdict?.summary ?? null,
    nextStep: verdict?.nextStep ?? null,
    noRerunBecause: incident.noRerunBecause,
    evidence: (verdict?.evidence ?? []).slice(0, mostEvidence).map(({ id, source, line, text }) => ({
      id,
      source,
      line,
      quoted: cutText(text, longestQuote),
    })),
    blocked: [...incident.blocked],
    owner: incident.owner,
    changes: [...(incident.changes ?? [])],
    seenBefore: seenWords(incident),
    similar: similar.map((other, index) => ({
      incident: other.id,
      title: other.title,
      opened: other.openedAt,
      recovered: other.recoveredAt,
      ended: endings[index]?.find((proposal) => proposal.execution?.outcome)?.execution?.outcome ?? null,
    })),
    proposals: proposals.map((proposal) => ({
      proposal: proposal.id,
      state: proposal.state,
      decidedBy: proposal.decision?.personName ?? null,
      decided: proposal.decision?.at ?? null,
      outcome: proposal.execution?.outcome ?? null,
    })),
    links: incident.links.map((link) => ({ ...link })),
  };
}

export const incidentGet = defineTool({
  name: "incident_get",
  title: "One incident",
  description: "Cause, proof, blocked tasks, earlier incidents like it, its proposals and who decided.",
  readOnly: true,
  destructive: false,
  idempotent: true,
  openWorld: false,
  input,
  output,
  handler: getIncident,
});
