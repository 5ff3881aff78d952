import { z } from "zod";

/**
 * What the ends of the bridge say to each other beside MCP: one line first from whoever connects, and from the holder when it
 * leaves. MCP messages never have the key `pipewright`.
 */
const control = z.object({
  /** `moving`: another process becomes the holder, wait for it; `ended`: the holder goes and anybody may follow. */
  pipewright: z.enum(["session", "desk", "release", "moving", "ended", "released", "refused"]),
});
export type Control = z.infer<typeof control>["pipewright"];

export function controlLine(word: Control): string {
  return `${JSON.stringify({ pipewright: word })}\n`;
}

/** The word of a control line; null for anything else. */
export function readControl(line: string): Control | null {
  if (!line.startsWith('{"pipewright":')) return null;
  try {
    return control.parse(JSON.parse(line)).pipewright;
  } catch {
    return null;
  }
}
