import { readRows } from "../compose/read-rows.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { InputError } from "../core/errors.js";
import { transcriptPrefix } from "../flows/deepen-incident.js";
import { type CliIo, exitCodes } from "./io.js";

/** `transcript INCIDENT`: all that left for the model in this incident and what it said, as JSON lines; for whoever owns the data folder. */
export async function transcriptCommand(incidentId: string, io: CliIo): Promise<number> {
  const config = loadConfig(processEnv());
  const prefix = transcriptPrefix(incidentId);
  const kept = (await readRows(config, "marks")).filter(({ id }) => id.startsWith(prefix));
  if (kept.length === 0) {
    throw new InputError(
      `Nothing left for a model in ${incidentId.slice(0, 80)}, or its time of keeping is over.`,
      "Take the incident's id from its thread or from `audit export`.",
    );
  }
  for (const { id, value } of kept) {
    io.out.write(`${JSON.stringify({ schemaVersion: 1, reading: id.slice(prefix.length), ...value })}\n`);
  }
  return exitCodes.done;
}
