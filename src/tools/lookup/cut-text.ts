/** At most so many characters; `…` marks the cut. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The end of a text, where the cause of a trace stands; `…` marks the cut. */
export function cutToEnd(text: string, most: number): string {
  return text.length <= most ? text : `…${text.slice(1 - most)}`;
}
