import { readRows } from "../compose/read-rows.js";
import { zoneCalendar } from "../compose/zone-calendar.js";
import type { Config } from "../config/config.js";
import { processEnv } from "../config/env.js";
import { loadConfig } from "../config/load.js";
import { explainPolicy, type PolicyExplained } from "../core/approval/explain-policy.js";
import { InputError } from "../core/errors.js";
import { joinIdentities } from "../core/identity.js";
import type { PolicyTarget } from "../core/remediation/policy-target.js";
import { type Category, categories } from "../core/verdict.js";
import { type CliIo, exitCodes } from "./io.js";
import { policyLines } from "./policy-lines.js";

export interface PolicyExplainOptions {
  readonly dag?: string;
  readonly connection?: string;
  readonly task?: string;
  readonly category?: string;
  readonly tag?: readonly string[];
  readonly at?: string;
  readonly person?: string;
  readonly json?: boolean;
}

/** `policy explain [INCIDENT]`: which rules speak of a failure, which won for each guard, and whether somebody may approve it. */
export async function policyExplainCommand(
  incidentId: string | null,
  options: PolicyExplainOptions,
  io: CliIo,
): Promise<number> {
  const config = loadConfig(processEnv());
  const at = momentOf(options.at);
  const target = incidentId === null ? targetOf(options, config) : await targetIn(incidentId, options, config);
  const explained = explainPolicy(config.policy, target, {
    at,
    calendar: zoneCalendar,
    identityOf: joinIdentities(config.people),
    personId: personOf(options.person),
  });
  const shown =
    options.json === true ? jsonOf(explained, target, at, config) : policyLines(explained, target, at).join("\n");
  io.out.write(`${shown}\n`);
  return exitCodes.done;
}

function jsonOf(explained: PolicyExplained, target: PolicyTarget, at: Date, { policy }: Config): string {
  return JSON.stringify({ schemaVersion: 1, at: at.toISOString(), policy: policy.version, target, ...explained });
}

function targetOf(options: PolicyExplainOptions, config: Config): PolicyTarget {
  const dagId = options.dag ?? null;
  return {
    connections: [connectionOf(options, config)],
    dagId,
    task: options.task ?? null,
    tags: dagId === null ? [] : (options.tag ?? null),
    category: categoryOf(options.category),
    environment: config.mode,
  };
}

/** What is known of an incident; its DAG's tags are not kept, so they are given or unknown. */
async function targetIn(incidentId: string, options: PolicyExplainOptions, config: Config): Promise<PolicyTarget> {
  if (options.dag !== undefined || options.connection !== undefined) {
    throw new InputError("An incident has its DAG and its connection already.", "Leave out --dag and --connection.");
  }
  const incident = (await readRows(config, "incidents")).find(({ id }) => id === incidentId);
  if (incident === undefined) {
    throw new InputError(
      `There is no incident ${incidentId.slice(0, 80)}.`,
      "Take its id from its thread or from `audit export`; one that ended days ago is put away: name its --dag instead.",
    );
  }
  const { connection, dagId, verdict } = incident;
  const failure = incident.failures.findLast(({ kind }) => kind === "airflow_task");
  return {
    connections: [connection],
    dagId,
    task: options.task ?? (failure?.kind === "airflow_task" ? failure.taskId : null),
    tags: dagId === null ? [] : (options.tag ?? null),
    category: categoryOf(options.category) ?? verdict?.category ?? null,
    environment: config.mode,
  };
}

/** The one that is named, or the only one there is. */
function connectionOf(options: PolicyExplainOptions, config: Config): string {
  const all = options.dag === undefined ? config.databricks : config.airflow;
  const names = config.mode === "sandbox" ? sandboxNames(options) : all.map(({ name }) => name);
  const known = [...config.airflow, ...config.databricks].map(({ name }) => name);
  if (options.connection !== undefined) {
    if (config.mode === "sandbox" || known.includes(options.connection)) return options.connection;
    throw new InputError(`${options.connection} is not configured.`, `Configured are: ${known.join(", ") || "none"}.`);
  }
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  throw new InputError(
    names.length === 0 ? "No such connection is configured." : `There are several connections: ${names.join(", ")}.`,
    "Name one with --connection.",
  );
}

function sandboxNames({ dag }: PolicyExplainOptions): readonly string[] {
  return [dag === undefined ? "databricks:sandbox" : "airflow:sandbox"];
}

function momentOf(text: string | undefined): Date {
  const at = text === undefined ? new Date() : new Date(text);
  if (!Number.isNaN(at.getTime())) return at;
  throw new InputError("--at is no moment in time.", "Write it like 2026-12-24T18:30:00+01:00.");
}

function categoryOf(text: string | undefined): Category | null {
  if (text === undefined) return null;
  const found = categories.find((category) => category === text);
  if (found !== undefined) return found;
  throw new InputError(`${text} is no category of failures.`, `Take one of ${categories.join(", ")}.`);
}

function personOf(id: string | undefined): string | null {
  if (id === undefined || /^(?:slack|teams|console|cli|mcp):\S{1,120}$/.test(id)) return id ?? null;
  throw new InputError("--person is no person's id.", "Write it like slack:U02BOB.");
}
