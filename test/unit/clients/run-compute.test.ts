import { expect, it } from "vitest";
import { parseRun } from "../../../src/clients/databricks/map.js";

it("gives each task the settings of its own or its shared job cluster, and none on serverless", () => {
  const run = parseRun({
    run_id: 50,
    job_clusters: [
      {
        job_cluster_key: "small",
        new_cluster: { spark_version: "15.4.x-scala2.12", node_type_id: "m5.large", num_workers: 2 },
      },
    ],
    tasks: [
      { run_id: 51, task_key: "shared", job_cluster_key: "small" },
      {
        run_id: 52,
        task_key: "own",
        new_cluster: { spark_version: "16.2.x", autoscale: { min_workers: 2, max_workers: 8 } },
      },
      { run_id: 53, task_key: "serverless" },
    ],
  });
  expect(run.tasks.map((task) => task.compute)).toEqual([
    { sparkVersion: "15.4.x-scala2.12", nodeType: "m5.large", workers: "2" },
    { sparkVersion: "16.2.x", nodeType: null, workers: "2 to 8" },
    undefined,
  ]);
});
