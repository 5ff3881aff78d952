import type { Config } from "../config/config.js";
import type { Incident } from "../core/incident.js";
import type { JobRunLink } from "../core/verdict.js";

type Rules = Pick<Config, "claude" | "databricks">;

/** Cards say "high confidence" from here on; below it a second reader is worth its price. */
const sure = 0.8;

/** False for connections of which nothing may leave for the model. */
export function mayLeave({ claude }: Pick<Config, "claude">, connection: string): boolean {
  return claude !== null && !claude.notFor.includes(connection);
}

/** An incident tells of every connection it was read from: an Airflow task's proof may be lines of a Databricks run. */
export function incidentMayLeave(config: Rules, { connection, failures, verdict }: Incident): boolean {
  const named = [connection, ...failures.map((failure) => failure.connection)];
  if (!named.every((name) => mayLeave(config, name))) return false;
  const open = config.databricks.filter(({ name }) => mayLeave(config, name));
  if (open.length === config.databricks.length) return true;
  // A run whose workspace nobody knows may be of one that is kept.
  return (verdict?.databricksRuns ?? []).every((run) => open.some(({ host }) => isOf(run, host)));
}

function isOf({ url }: JobRunLink, host: string): boolean {
  return url?.startsWith(`${host}/`) === true;
}

/** Claude reads on by itself where the rules were not sure. */
export function asksModel(config: Rules, incident: Incident): boolean {
  const { verdict } = incident;
  if (verdict === null || verdict.outcome === "no_failure" || !incidentMayLeave(config, incident)) return false;
  return verdict.outcome === "abstained" || verdict.confidence < sure;
}
