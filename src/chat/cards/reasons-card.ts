import { type Failure, failureTitle } from "../../core/failure.js";
import type { Incident } from "../../core/incident.js";
import { quoteOf, type Runbook } from "../../core/runbook.js";
import { type Alternative, categoryWords, confidenceWord, type Verdict } from "../../core/verdict.js";
import type { Card, Line } from "../card.js";
import { plain } from "../plain.js";
import { bold, code, listed, prose, text, time } from "./spans.js";

/** Why this cause, what else was considered, what changed, what is blocked, what to do next (or why no rerun helps), what earlier ones teach. */
export function reasonsCard(incident: Incident, runbooks: readonly Runbook[] = []): Card {
  const { verdict } = incident;
  const lines: Line[] = verdict === null ? [[text("The cause is not known yet.")]] : reasonsOf(verdict);
  lines.push(...changeLines(incident.changes ?? []), ...elsewhereLines(incident));
  if (incident.blocked.length > 0) lines.push([bold("Blocked downstream: "), text(listed(incident.blocked, 8))]);
  // Where the reason is the advice, it is said once.
  if (incident.noRerunBecause !== null && incident.noRerunBecause !== verdict?.nextStep)
    lines.push([bold("Why no rerun: "), ...prose(incident.noRerunBecause)]);
  if (verdict !== null && verdict.nextStep !== "") lines.push([bold("What to do: "), ...prose(verdict.nextStep)]);
  for (const warning of (verdict?.warnings ?? []).slice(0, 3)) lines.push([text("Note: "), ...prose(warning)]);
  lines.push(...earlierLines(incident), ...runbooks.flatMap(runbookLines));
  return {
    subject: `reasons:${incident.id}`,
    tone: "neutral",
    fallback: `Why ${incident.title} failed`,
    simulated: incident.simulated,
    blocks: [{ b: "lines", lines }],
  };
}

function changeLines(changes: readonly string[]): Line[] {
  if (changes.length === 0) return [];
  return [
    [bold("What changed since the last good run")],
    ...changes.map((words): Line => [text("• "), ...prose(words)]),
  ];
}

/** Other DAGs and jobs whose failure has the same cause. */
function elsewhereLines(incident: Incident): Line[] {
  const homeOf = (failure: Failure) => (failure.kind === "databricks_run" ? failure.jobId : failure.dagId);
  const home = incident.failures[0] === undefined ? null : homeOf(incident.failures[0]);
  const others = new Set(incident.failures.filter((failure) => homeOf(failure) !== home).map(failureTitle));
  if (others.size === 0) return [];
  return [[bold("Same cause, same time: "), text(`${listed([...others], 5)} failed of it too.`)]];
}

/** The team's own words, by the name of the note they stand in. */
function runbookLines(runbook: Runbook): Line[] {
  const { lines, isCut } = quoteOf(runbook);
  const name = plain(runbook.name, 120);
  return [
    [bold("From your runbook "), runbook.url === null ? code(name) : { t: "link", text: name, url: runbook.url }],
    ...lines.map(prose),
    ...(isCut ? [[text("…")]] : []),
  ];
}

function earlierLines({ history = null, earlierIncidentId }: Incident): Line[] {
  if (history !== null) {
    const [seen = "", ...how] = history.words.split(": ");
    return [
      [
        bold(`${seen}: `),
        text(`${how.join(": ")}; last `),
        time(history.lastAt, "date_time"),
        text(", incident "),
        code(history.lastIncidentId),
        text("."),
      ],
    ];
  }
  if (earlierIncidentId === null) return [];
  return [[text("The same failure happened before, as incident "), code(earlierIncidentId), text(".")]];
}

function reasonsOf(verdict: Verdict): Line[] {
  const lines: Line[] = [whyLine(verdict)];
  const ancestor = verdict.failedAncestor;
  if (ancestor !== null) {
    const name = ancestor.mapIndex < 0 ? ancestor.taskId : `${ancestor.taskId}[${ancestor.mapIndex}]`;
    lines.push([text("The first task that failed is "), code(name), text("; the others only waited for it.")]);
  }
  if (verdict.alternatives.length > 0) {
    lines.push([bold("Also considered")], ...verdict.alternatives.slice(0, 3).map(alternativeLine));
  }
  return lines;
}

function whyLine(verdict: Verdict): Line {
  if (verdict.outcome === "abstained") {
    return [bold("Why not sure: "), text("nothing read so far proves one cause. The best lines are quoted above.")];
  }
  const proof = verdict.evidence[0];
  return [
    bold("Why this cause: "),
    ...(verdict.category === null ? [] : [text(categoryWords(verdict.category))]),
    ...(verdict.signature === null ? [] : [text(" by the signature "), code(verdict.signature)]),
    text(`, ${confidenceWord(verdict.confidence)} confidence`),
    ...(proof === undefined ? [] : [text(`; ${proof.id} shows it${verdict.object === null ? "" : " and names "}`)]),
    ...(proof === undefined || verdict.object === null ? [] : [code(verdict.object)]),
    text("."),
  ];
}

function alternativeLine(alternative: Alternative): Line {
  return [text(`• ${categoryWords(alternative.category)}: `), ...prose(alternative.why)];
}
