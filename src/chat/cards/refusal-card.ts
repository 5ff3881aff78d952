import type { Card } from "../card.js";
import { plain } from "../plain.js";
import { prose } from "./spans.js";

/** A private no: what was not done, why, and whose move it is. */
export function refusalCard(text: string, options: { readonly simulated?: boolean } = {}): Card {
  return {
    subject: "refusal",
    tone: "neutral",
    fallback: plain(text, 300),
    simulated: options.simulated ?? false,
    blocks: [{ b: "lines", lines: [prose(text)] }],
  };
}
