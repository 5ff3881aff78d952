import { createAirflow } from "../clients/airflow/index.js";
import { createDatabricks } from "../clients/databricks/index.js";
import type { HttpDeps } from "../clients/http.js";
import type { AirflowConnectionConfig, Config, DatabricksConnectionConfig } from "../config/config.js";
import type { Connections, Logger } from "../core/ports.js";

export interface OpenConnections {
  readonly connections: Connections;
  close(): void;
}

/** A client for every configured system; nothing is sent yet. */
export function openConnections(
  config: Pick<Config, "airflow" | "databricks">,
  deps: HttpDeps & { readonly logger: Logger },
): OpenConnections {
  const open: { close(): void }[] = [];
  const airflow = config.airflow.map((entry) => {
    const client = createAirflow(entry, deps);
    open.push(client);
    return [
      entry.name,
      { reader: client.reader, writer: client.writer, databricks: databricksOf(entry, config.databricks) },
    ] as const;
  });
  const databricks = config.databricks.map((entry) => {
    const client = createDatabricks(entry, deps);
    open.push(client);
    return [entry.name, { reader: client.reader, writer: client.writer }] as const;
  });
  return {
    connections: { airflow: new Map(airflow), databricks: new Map(databricks) },
    close() {
      for (const client of open) client.close();
    },
  };
}

/** The workspace an Airflow's operators use: the one it names, or the only one there is. */
function databricksOf(airflow: AirflowConnectionConfig, all: readonly DatabricksConnectionConfig[]): string | null {
  return airflow.databricks ?? (all.length === 1 ? (all[0]?.name ?? null) : null);
}
