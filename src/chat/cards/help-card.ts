import type { Card, Line } from "../card.js";
import { bold, code, text } from "./spans.js";

const commands: readonly (readonly [string, string])[] = [
  ["status", "open incidents and approvals that wait"],
  ["why orders_daily", "why it failed, with the proof"],
  ["rerun orders_daily", "proposes a rerun; a person who may approve decides"],
  ["help", "this list"],
];

/** What can be asked, in a chat's own words. `prefix` is `/pipewright` where the surface has commands. */
export function helpCard(options: { readonly prefix?: string; readonly simulated?: boolean } = {}): Card {
  const prefix = options.prefix === undefined ? "" : `${options.prefix} `;
  return {
    subject: "help",
    tone: "neutral",
    fallback: "What you can ask Pipewright",
    simulated: options.simulated ?? false,
    blocks: [
      {
        b: "lines",
        lines: [
          [bold("Ask me about a pipeline"), text(", here, in a direct message or by mentioning me:")],
          ...commands.map(([command, does]): Line => [code(`${prefix}${command}`), text(` ${does}`)]),
        ],
      },
      { b: "note", line: [text("Nothing is rerun before a person who may approve presses Approve.")] },
    ],
  };
}
