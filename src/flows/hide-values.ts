import type { Incident } from "../core/incident.js";
import type { Verdict } from "../core/verdict.js";

/** Replaces the values of people's data that error details quote. */
export type HideValues = (text: string) => string;

/** The incident as a channel may see it: what was quoted or said of an error with its values hidden. */
export function withoutValues(incident: Incident, hide: HideValues): Incident {
  const { verdict } = incident;
  return {
    ...incident,
    verdict: verdict === null ? null : verdictWithout(verdict, hide),
    noRerunBecause: incident.noRerunBecause === null ? null : hide(incident.noRerunBecause),
    ...(incident.changes === undefined ? {} : { changes: incident.changes.map(hide) }),
  };
}

function verdictWithout(verdict: Verdict, hide: HideValues): Verdict {
  return {
    ...verdict,
    summary: hide(verdict.summary),
    nextStep: hide(verdict.nextStep),
    evidence: verdict.evidence.map((quote) => ({ ...quote, text: hide(quote.text) })),
    alternatives: verdict.alternatives.map((other) => ({ ...other, why: hide(other.why) })),
  };
}
