import type { Config } from "../config/config.js";
import type { Incident } from "../core/incident.js";

/** Cards say "high confidence" from here on; below it a second reader is worth its price. */
const sure = 0.8;

/** False for connections of which nothing may leave for the model. */
export function mayLeave({ claude }: Pick<Config, "claude">, connection: string): boolean {
  return claude !== null && !claude.notFor.includes(connection);
}

/** Claude reads on by itself where the rules were not sure. */
export function asksModel(config: Pick<Config, "claude">, { connection, verdict }: Incident): boolean {
  if (verdict === null || verdict.outcome === "no_failure" || !mayLeave(config, connection)) return false;
  return verdict.outcome === "abstained" || verdict.confidence < sure;
}
