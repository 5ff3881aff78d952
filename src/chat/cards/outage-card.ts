import type { Card } from "../card.js";
import { plain } from "../plain.js";
import { bold, prose, text, time } from "./spans.js";

export interface OutageFacts {
  /** `airflow:prod`. */
  readonly connection: string;
  /** What is wrong and whose move it is. */
  readonly problem: string;
  readonly since: string;
  /** When it answered again; null while it does not. */
  readonly until: string | null;
  readonly simulated: boolean;
}

/** Says that a connection can't be watched, so that silence is not taken for good news; later, that it can be again. */
export function outageCard({ connection, problem, since, until, simulated }: OutageFacts): Card {
  const isOver = until !== null;
  const headline = isOver ? `${connection} is watched again` : `${connection} can't be watched just now`;
  return {
    subject: `outage:${connection}:${since}`,
    tone: isOver ? "recovered" : "attention",
    fallback: plain(isOver ? headline : `${headline}: ${problem}`, 300),
    simulated,
    blocks: [
      { b: "lines", lines: [[bold(headline)], prose(problem)] },
      {
        b: "note",
        line: isOver
          ? [
              text("It could not from "),
              time(since),
              text(" to "),
              time(until),
              text("; what failed meanwhile is looked up now."),
            ]
          : [
              text("Since "),
              time(since),
              text(". What fails there is told once it answers again; it is asked every few seconds."),
            ],
      },
    ],
  };
}
