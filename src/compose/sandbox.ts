import { join } from "node:path";
import type { BreakMenu } from "../../adapters/console/index.js";
import type { AirflowConnectionConfig, Config, DatabricksConnectionConfig, Secret } from "../config/config.js";
import type { Clock } from "../core/ports.js";
import { createSandbox } from "../sandbox/sandbox.js";
import { createDurableFile } from "../store/lowdb/durable-file.js";

export interface RunningSandbox {
  /** The configuration with the simulated systems in it. */
  readonly config: Config;
  readonly breakMenu: BreakMenu;
  stop(): Promise<void>;
}

const seed = "pipewright";

/** Starts the simulated Airflow and Databricks on loopback; their world is kept beside the store, so both go on together. */
export async function startSandbox(
  config: Config,
  clock: Clock,
  { remember = true, airflow: generation = 3 }: { readonly remember?: boolean; readonly airflow?: 2 | 3 } = {},
): Promise<RunningSandbox> {
  const file = createDurableFile<unknown>(join(config.dataDir, "world.json"));
  const sandbox = createSandbox({ seed, clock, airflow: generation, ...(remember ? { dataFile: file } : {}) });
  const addresses = await sandbox.start({ host: "127.0.0.1" });
  const { airflow, databricks } = addresses;
  const airflowConfig: AirflowConnectionConfig = {
    name: "airflow:sandbox",
    baseUrl: addresses.airflowUrl,
    read: { kind: "airflow-login", username: airflow.reader.username, password: made(airflow.reader.password) },
    write: { kind: "airflow-login", username: airflow.writer.username, password: made(airflow.writer.password) },
    databricks: "databricks:sandbox",
  };
  const databricksConfig: DatabricksConnectionConfig = {
    name: "databricks:sandbox",
    host: addresses.databricksUrl,
    read: { kind: "bearer", token: made(databricks.reader.token) },
    write: { kind: "bearer", token: made(databricks.writer.token) },
  };
  return {
    config: { ...config, airflow: [airflowConfig], databricks: [databricksConfig] },
    breakMenu: {
      list: () =>
        sandbox
          .faults()
          .map(({ id, pipeline, title }) => ({ id, pipeline, label: title, fixLabel: `Mark ${pipeline} as fixed` })),
      async run(id) {
        sandbox.breakSomething(id);
      },
      async fix(id) {
        const fault = sandbox.faults().find((entry) => entry.id === id);
        if (fault !== undefined) sandbox.markFixed(fault.pipeline);
      },
    },
    stop: () => sandbox.stop(),
  };
}

function made(value: string): Secret {
  return { name: "sandbox", read: () => value };
}
