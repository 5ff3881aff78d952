import type { Incident } from "../../core/incident.js";
import type { Button, Card } from "../card.js";
import { cut } from "../plain.js";
import { bold, text } from "./spans.js";

/** More than eight quotes is a log, not a proof. */
const quoteLimit = 8;
const quoteLength = 500;

/** The lines that prove the cause, with their line numbers; with `hidesValues` a button shows them whole to whoever presses it. */
export function evidenceCard(incident: Incident, { hidesValues }: { readonly hidesValues: boolean }): Card {
  const evidence = incident.verdict?.evidence ?? [];
  const quotes = evidence
    .slice(0, quoteLimit)
    .map((quote) => ({ id: quote.id, source: quote.source, line: quote.line, text: cut(quote.text, quoteLength) }));
  return {
    subject: `evidence:${incident.id}`,
    tone: "neutral",
    fallback: `Evidence for ${incident.title}`,
    simulated: incident.simulated,
    blocks: [
      {
        b: "lines",
        lines: [
          quotes.length === 0
            ? [bold("Evidence"), text(": no line of the log proves a cause.")]
            : [
                bold("Evidence"),
                text(` · ${quotes.length} ${quotes.length === 1 ? "line" : "lines"}, the strongest first`),
              ],
        ],
      },
      ...(quotes.length === 0 ? [] : [{ b: "quotes", quotes } as const]),
      ...(hidesValues ? [{ b: "buttons", buttons: [showValues(incident)] } as const] : []),
    ],
  };
}

function showValues(incident: Incident): Button {
  return { action: "reveal", label: "Show values to me", style: "plain", value: incident.id, url: null };
}
