/** The parts an answer is made of: the same shapes a card's lines have, so that a card can take them as they are. */
export type Piece =
  | { readonly t: "text"; readonly text: string }
  | { readonly t: "bold"; readonly text: string }
  | { readonly t: "code"; readonly text: string }
  /** Only addresses that a tool built from configuration. */
  | { readonly t: "link"; readonly text: string; readonly url: string }
  | { readonly t: "time"; readonly at: string; readonly style: "time" | "date_time" | "relative" };

export type AnswerLine = readonly Piece[];

/** What a question is answered with; a flow draws it. */
export interface Answer {
  readonly lines: readonly AnswerLine[];
  /** The proposal whose card belongs under the answer. */
  readonly proposalId: string | null;
  readonly incidentId: string | null;
  /** Asked for, not done: the flow mutes. */
  readonly mute: { readonly incidentId: string; readonly hours: number } | null;
  /** No rule fits the question: a model may know more. */
  readonly isGuess?: true;
}

export const text = (words: string): Piece => ({ t: "text", text: words });
export const bold = (words: string): Piece => ({ t: "bold", text: words });
export const code = (words: string): Piece => ({ t: "code", text: words });
export const time = (at: string): Piece => ({ t: "time", at, style: "date_time" });

/** An answer of lines alone, with whatever else is given. */
export function answerOf(lines: readonly AnswerLine[], more: Partial<Answer> = {}): Answer {
  return { lines: lines.filter((line) => line.length > 0), proposalId: null, incidentId: null, mute: null, ...more };
}

/** One line of links; empty when there are none. */
export function linkLine(links: readonly { readonly label: string; readonly url: string }[]): AnswerLine {
  return links.flatMap(({ label, url }, index): Piece[] => [
    ...(index === 0 ? [] : [text(" · ")]),
    { t: "link", text: label, url },
  ]);
}

/** `41 min`, `2 h 5 min`, `30 s`. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
