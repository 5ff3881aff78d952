import type { Proposal } from "../../core/approval/proposal.js";
import type { Failure } from "../../core/failure.js";
import type { Incident } from "../../core/incident.js";
import { rerunRefusal } from "../../core/remediation/rerun-refusal.js";
import { categoryWords, confidenceWord, type Verdict } from "../../core/verdict.js";
import type { Button, Card, Line, Tone } from "../card.js";
import { plain } from "../plain.js";
import { durationBetween } from "./duration.js";
import { bold, dotted, listed, prose, text, time } from "./spans.js";
import { stateLine } from "./state-line.js";
import { taskNames } from "./task-names.js";

export interface IncidentCardFacts {
  /** The incident's newest proposal, open or decided; null when there is none. */
  readonly proposal: Proposal | null;
  readonly now: Date;
  /** Who may decide, in words: `Ben or Cleo`; null when nobody is known. */
  readonly mayDecide?: string | null;
}

/** The live root message of an incident: what broke, why, what it blocks, whose move it is. Edited in place for its whole life. */
export function incidentCard(incident: Incident, facts: IncidentCardFacts): Card {
  const { word, tone } = headline(incident);
  const lines: Line[] = [[bold(word), text(`  ${incident.title}`)]];
  if (incident.verdict !== null) lines.push(causeLine(incident.verdict));
  const impact = impactLine(incident);
  const isOver = incident.state === "recovered" || incident.state === "closed";
  if (impact.length > 0 && !isOver) lines.push(impact);
  const buttons = rootButtons(incident, facts.now);
  return {
    subject: `incident:${incident.id}`,
    tone,
    fallback: plain(`${word} ${incident.title}: ${incident.verdict?.summary ?? "looking for the cause"}`, 300),
    simulated: incident.simulated,
    blocks: [
      { b: "lines", lines },
      { b: "lines", lines: [stateLine(incident, facts)] },
      { b: "note", line: whereLine(incident) },
      ...(buttons.length > 0 ? [{ b: "buttons", buttons } as const] : []),
    ],
  };
}

/** True where only a person who says that the cause is fixed gets a rerun: the diagnosis forbids a plain one, not an outage or a limit. */
export function asksForFix({ verdict, noRerunBecause }: Incident): boolean {
  const plainly = { requester: { kind: "person", id: "", name: "" }, afterFix: false } as const;
  return noRerunBecause !== null && verdict !== null && rerunRefusal(verdict, plainly) !== null;
}

function headline(incident: Incident): { readonly word: string; readonly tone: Tone } {
  switch (incident.state) {
    case "open":
      return { word: "● FAILED", tone: "failed" };
    case "diagnosed":
      return { word: "● FAILED", tone: incident.proposalId === null ? "failed" : "attention" };
    case "acting":
      return { word: "↻ RERUNNING", tone: "progress" };
    case "verifying":
      return { word: "↻ WATCHING THE RERUN", tone: "progress" };
    case "recovered":
      return { word: "✓ RECOVERED", tone: "recovered" };
    case "closed":
      return { word: "○ CLOSED", tone: "neutral" };
  }
}

function causeLine(verdict: Verdict): Line {
  if (verdict.outcome === "abstained") return [bold("Not sure yet. "), ...prose(verdict.summary)];
  const certainty =
    verdict.category === null
      ? ""
      : ` (${categoryWords(verdict.category)}, ${confidenceWord(verdict.confidence)} confidence)`;
  return [...prose(verdict.summary), text(certainty)];
}

function impactLine(incident: Incident): Line {
  const others = new Set(incident.failures.flatMap((failure) => dagOf(failure) ?? []));
  if (incident.dagId !== null) others.delete(incident.dagId);
  const blocked = incident.blocked.length;
  return dotted([
    blocked === 0
      ? []
      : [
          bold(`${blocked} downstream ${blocked === 1 ? "task" : "tasks"} blocked`),
          text(`: ${listed(incident.blocked, 3)}`),
        ],
    others.size === 0 ? [] : [text(`same cause in ${listed([...others], 3)}`)],
  ]);
}

/** Connection, run, try and owner, as the newest failure has them. */
function whereLine(incident: Incident): Line {
  const newest = incident.failures.at(-1);
  return dotted([
    [text(incident.connection)],
    newest === undefined ? [] : runOf(newest),
    failedInstances(incident.failures),
    newest === undefined ? [] : tryOf(newest),
    incident.owner === null ? [] : [text(`owner ${incident.owner}`)],
    incident.recoveredAt === null
      ? [text("opened "), time(incident.openedAt, "date_time")]
      : [text(`down for ${durationBetween(incident.openedAt, incident.recoveredAt)}`)],
  ]);
}

function runOf(failure: Failure): Line {
  if (failure.kind === "databricks_run") return [text(`run ${failure.runId}`)];
  return failure.runAfter === null
    ? [text(`run ${failure.runId}`)]
    : [text("run scheduled "), time(failure.runAfter, "date_time")];
}

/** Named only where the title can't say it: several map indexes of one task. */
function failedInstances(failures: readonly Failure[]): Line {
  const mapped = failures.flatMap((failure) =>
    failure.kind === "airflow_task" && failure.mapIndex >= 0 ? [failure] : [],
  );
  return mapped.length === 0 ? [] : [text(listed(taskNames(mapped), 2))];
}

function tryOf(failure: Failure): Line {
  if (failure.kind !== "airflow_task" || failure.tryNumber < 1) return [];
  // Airflow's max_tries counts the retries, so the last try is one more.
  return [text(`try ${failure.tryNumber} of ${Math.max(failure.maxTries + 1, failure.tryNumber)}`)];
}

function dagOf(failure: Failure): string | null {
  return failure.kind === "databricks_run" ? null : failure.dagId;
}

function rootButtons(incident: Incident, now: Date): readonly Button[] {
  const open = incident.links.slice(0, 4).map(
    (link): Button => ({
      action: "open",
      label: link.label.startsWith("Open") ? link.label : `Open in ${link.label}`,
      style: "plain",
      value: "",
      url: link.url,
    }),
  );
  if (incident.state !== "diagnosed") return open;
  const propose: Button = {
    action: "propose",
    label: asksForFix(incident) ? "It is fixed: propose rerun" : "Propose rerun",
    style: "plain",
    value: incident.id,
    url: null,
  };
  const mute: Button = { action: "mute", label: "Mute 4 h", style: "plain", value: incident.id, url: null };
  const muted = incident.mutedUntil !== null && Date.parse(incident.mutedUntil) > now.getTime();
  return [...open, ...(incident.proposalId === null ? [propose] : []), ...(muted ? [] : [mute])];
}
