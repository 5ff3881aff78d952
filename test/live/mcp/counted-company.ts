import { systemClock } from "../../../src/compose/system-clock.js";
import { createSandbox } from "../../../src/sandbox/sandbox.js";
import { countWrites } from "../../fixtures/write-counter.js";

/** The simulated company outside the program, which reaches it as it would a real one: by settings, through a counter of writes. */
export interface CountedCompany {
  readonly environment: Readonly<Record<string, string>>;
  /** Every request that would have changed something in Airflow or Databricks. */
  readonly writes: readonly string[];
  stop(): Promise<void>;
}

export async function startCountedCompany(): Promise<CountedCompany> {
  const sandbox = createSandbox({ seed: "clients", clock: systemClock, speed: 4 });
  const { airflowUrl, databricksUrl, airflow, databricks } = await sandbox.start({ host: "127.0.0.1" });
  const writes: string[] = [];
  const toAirflow = await countWrites(airflowUrl, writes);
  const toDatabricks = await countWrites(databricksUrl, writes);
  return {
    writes,
    environment: {
      AIRFLOW_BASE_URL: toAirflow.url,
      AIRFLOW_USERNAME: airflow.reader.username,
      AIRFLOW_PASSWORD: airflow.reader.password,
      AIRFLOW_WRITE_USERNAME: airflow.writer.username,
      AIRFLOW_WRITE_PASSWORD: airflow.writer.password,
      DATABRICKS_HOST: toDatabricks.url,
      DATABRICKS_TOKEN: databricks.reader.token,
      DATABRICKS_WRITE_TOKEN: databricks.writer.token,
      PIPEWRIGHT_APPROVERS: "slack:UBEN",
    },
    async stop() {
      toAirflow.stop();
      toDatabricks.stop();
      await sandbox.stop();
    },
  };
}
