import type { Incident } from "../../core/incident.js";
import type { ModelReading } from "../../core/model-reading.js";
import { categoryWords } from "../../core/verdict.js";
import type { Card, Line } from "../card.js";
import { withoutAddresses } from "./model-words.js";
import { bold, code, listed, prose, text } from "./spans.js";

/** What the model read, in the same thread and under its own name: each claim with the quotes that prove it, never more. */
export function modelCard(incident: Incident, reading: ModelReading): Card {
  return {
    subject: `claude:${incident.id}`,
    tone: "neutral",
    fallback: `Claude on ${incident.title}`,
    simulated: incident.simulated,
    blocks: [
      { b: "lines", lines: linesOf(incident, reading) },
      { b: "note", line: [text(footnote(reading))] },
    ],
  };
}

function linesOf(incident: Incident, reading: ModelReading): Line[] {
  const { state, steps, note, claims } = reading;
  const asked: Line[] = reading.question === null ? [] : [[bold("Asked: "), text(reading.question)]];
  if (state === "reading") {
    const seen = steps.length === 0 ? "" : `: ${listed(steps.map(stepWords), 6)}`;
    return [...asked, [bold("Claude is reading on"), text(`${seen} …`)], ...claims.flatMap(claimLines)];
  }
  if (state === "silent") return [...asked, [text(note ?? "Claude gave no answer.")]];
  return [
    ...asked,
    [bold("Claude read on")],
    ...claims.flatMap(claimLines),
    ...differing(incident, reading),
    ...reading.alternatives.map((other): Line => [bold("Not ruled out: "), ...ofModel(other)]),
    ...(reading.nextStep === null ? [] : [[bold("Its advice: "), ...ofModel(reading.nextStep)]]),
    ...(reading.dropped === 0
      ? []
      : [
          [
            text(
              `${reading.dropped} more ${reading.dropped === 1 ? "claim" : "claims"} had no proof and ${reading.dropped === 1 ? "is" : "are"} not shown.`,
            ),
          ],
        ]),
  ];
}

function ofModel(words: string): Line {
  return prose(withoutAddresses(words));
}

function claimLines({ text: words, quotes }: ModelReading["claims"][number]): Line[] {
  return [
    [text("• "), ...ofModel(words)],
    ...quotes.slice(0, 2).map((quote): Line => [text("   "), code(quote.text), text(` (${whereWords(quote.from)})`)]),
  ];
}

/** A contradiction is shown, and which one a rerun is decided by. */
function differing({ verdict }: Incident, { category }: ModelReading): Line[] {
  const byRules = verdict?.category ?? null;
  if (category === null || byRules === null || byRules === category) return [];
  if (byRules === "unknown")
    return [[bold("It thinks of: "), text(`${categoryWords(category)}. The rules are not sure.`)]];
  return [
    [
      bold("It disagrees: "),
      text(
        `${categoryWords(category)}, where the rules say ${categoryWords(byRules)}. Reruns go by the rules; look at both.`,
      ),
    ],
  ];
}

function whereWords(from: string): string {
  return from.startsWith("E") ? from : `read by Claude, ${from}`;
}

function stepWords(tool: string): string {
  return tool.replaceAll("_", " ");
}

function footnote({ model, spent }: ModelReading): string {
  const tokens = (spent.inputTokens + spent.outputTokens).toLocaleString("en");
  const asked = `${spent.turns} ${spent.turns === 1 ? "request" : "requests"}`;
  return `${model} · ${asked} · ${tokens} tokens · about $${spent.usd.toFixed(2)} · it can't run anything`;
}
