import { ConfigError, InputError } from "../../core/errors.js";
import type { AirflowReader, DatabricksReader } from "../../core/ports.js";
import type { ToolPorts } from "../ports.js";

function pick<Entry>(
  all: ReadonlyMap<string, Entry>,
  asked: string | undefined,
  system: "Airflow" | "Databricks",
): readonly Entry[] {
  if (all.size === 0) {
    throw new ConfigError(
      `No ${system} connection is configured.`,
      `Whoever runs Pipewright sets ${system === "Airflow" ? "AIRFLOW_BASE_URL" : "DATABRICKS_HOST"} (see .env.example).`,
    );
  }
  if (asked === undefined) return [...all.values()];
  const entry = all.get(asked) ?? all.get(`${system.toLowerCase()}:${asked}`);
  if (entry) return [entry];
  throw new InputError(
    `There is no ${system} connection "${asked.slice(0, 80)}".`,
    `Use one of: ${[...all.keys()].join(", ")}.`,
  );
}

/** The Airflow deployments a call may mean: the named one, or all of them. */
export function airflowReaders(ports: ToolPorts, asked: string | undefined): readonly AirflowReader[] {
  return pick(ports.connections.airflow, asked, "Airflow").map((entry) => entry.reader);
}

/** The Databricks workspaces a call may mean: the named one, or all of them. */
export function databricksReaders(ports: ToolPorts, asked: string | undefined): readonly DatabricksReader[] {
  return pick(ports.connections.databricks, asked, "Databricks").map((entry) => entry.reader);
}
