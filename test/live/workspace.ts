import { systemClock } from "../../src/compose/system-clock.js";
import { createSandbox, type Sandbox, type SandboxAddresses } from "../../src/sandbox/sandbox.js";

/** Our Databricks sandbox, which the real provider's operators use. */
export interface Workspace {
  readonly sandbox: Sandbox;
  readonly addresses: SandboxAddresses;
  /** Creates a job of notebook tasks that depend on each other in order; returns its id. */
  createJob(name: string, tasks: readonly string[]): Promise<string>;
  /** Ids of all runs of the name, with their state and number of repairs. */
  runsOf(name: string): readonly { readonly runId: string; readonly state: string; readonly repairs: number }[];
  close(): Promise<void>;
}

export async function startWorkspace(): Promise<Workspace> {
  const sandbox = createSandbox({ seed: "live", clock: systemClock, liveFailures: false });
  const addresses = await sandbox.start({ host: "127.0.0.1" });
  return {
    sandbox,
    addresses,
    createJob: async (name, tasks) => {
      const notebooks = tasks.map((key, index) => ({
        task_key: key,
        notebook_task: { notebook_path: `/Workspace/etl/${key}`, source: "WORKSPACE" },
        job_cluster_key: "small",
        ...(index === 0 ? {} : { depends_on: [{ task_key: tasks[index - 1] }] }),
      }));
      const cluster = { spark_version: "16.4.x-scala2.12", node_type_id: "Standard_D4ds_v5", num_workers: 1 };
      const response = await fetch(`${addresses.databricksUrl}/api/2.2/jobs/create`, {
        method: "POST",
        headers: { authorization: `Bearer ${addresses.databricks.writer.token}`, "content-type": "application/json" },
        body: JSON.stringify({
          name,
          tasks: notebooks,
          job_clusters: [{ job_cluster_key: "small", new_cluster: cluster }],
        }),
      });
      const id = /"job_id":\s*(\d+)/.exec(await response.text())?.[1];
      if (id === undefined) throw new Error(`the workspace made no job (${response.status})`);
      return id;
    },
    runsOf: (name) => sandbox.snapshot().jobRuns.filter((run) => run.name === name),
    close: () => sandbox.stop(),
  };
}
