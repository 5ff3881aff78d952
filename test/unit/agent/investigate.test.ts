import { describe, expect, it } from "vitest";
import { createInvestigator } from "../../../src/agent/investigate.js";
import type { Failure } from "../../../src/core/failure.js";
import type { Logger } from "../../../src/core/ports.js";
import { connectInMemory } from "../../../src/mcp/client.js";
import { createMcpServer } from "../../../src/mcp/server.js";
import { tools } from "../../../src/tools/index.js";
import {
  createWorld,
  jobOutput,
  jobRun,
  jobTask,
  spec,
  task,
  unreachable,
  verdict,
  type World,
} from "../tools/literal-world.js";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const failure: Failure = {
  kind: "airflow_task",
  connection: "airflow:prod",
  dagId: "bikes_daily",
  runId: "scheduled__2026-11-22",
  taskId: "fetch_trips",
  mapIndex: -1,
  tryNumber: 1,
  maxTries: 1,
  state: "failed",
  operator: null,
  startedAt: null,
  endedAt: null,
  runAfter: null,
};

async function investigate(subject: Failure, world: World) {
  const room = { tools, redact: (words: string) => words, logger: silent, version: "1" };
  const caller = await connectInMemory(createMcpServer({ ...room, ports: createWorld(world).ports }));
  try {
    return await createInvestigator({ tools: caller })(subject);
  } finally {
    await caller.close();
  }
}

describe("the agent's investigation", () => {
  it("brings the verdict back over MCP exactly as the engine gave it", async () => {
    const given = verdict({
      evidence: Array.from({ length: 8 }, (_, index) => ({
        id: `E${index + 1}`,
        source: index === 7 ? "run_output" : "log",
        line: index === 7 ? null : index + 1,
        text: "é".repeat(480),
      })),
      alternatives: [{ category: "permission", signature: null, why: "no 401 or 403 stands there" }],
      databricksRuns: [{ runId: "9007199254740993", url: null }],
      redactions: 2,
      warnings: ["the log is cut"],
    });
    const found = await investigate(failure, {
      tasks: [task({ taskId: "fetch_trips", state: "failed" }), task({ taskId: "clean", state: "upstream_failed" })],
      specs: [spec("fetch_trips", ["clean"]), spec("clean")],
      verdicts: [given],
    });
    expect(found.verdict).toEqual(given);
    expect(found.blocked).toEqual(["clean"]);
    expect(found.links.map((link) => link.label)).toEqual(["Open in Airflow", "Open in Databricks"]);
  });

  it("brings what changed since the last good run", async () => {
    const failed = task({ taskId: "fetch_trips", state: "failed", dagVersion: 4 });
    const good = task({ taskId: "fetch_trips", runId: "r0", startedAt: "2026-11-21T02:00:00Z", dagVersion: 3 });
    const found = await investigate(failure, {
      tasks: [failed],
      specs: [spec("fetch_trips")],
      airflow: { recentTaskInstances: () => Promise.resolve([failed, good]) },
    });
    expect(found.changes).toEqual([
      "The DAG changed: version 4 ran, the last good run (2026-11-21 02:00 UTC) had version 3.",
    ]);
  });

  it("investigates a Databricks run and a DAG run that failed by itself", async () => {
    const job = {
      kind: "databricks_run",
      connection: "databricks:eu",
      jobId: "7",
      jobName: "n",
      runId: "50",
      repairId: null,
      startedAt: null,
      endedAt: null,
    } as const;
    const found = await investigate(job, {
      jobRuns: [jobRun({ runId: "50", tasks: [jobTask({ taskRunId: "51" })] })],
      outputs: [jobOutput("51")],
    });
    expect(found.links).toEqual([{ label: "Open in Databricks", url: "https://adb-1.example.net/jobs/runs/50" }]);
    const run = {
      kind: "airflow_run",
      connection: "airflow:prod",
      dagId: "bikes_daily",
      runId: "scheduled__2026-11-22",
      startedAt: null,
      endedAt: null,
      runAfter: null,
    } as const;
    expect((await investigate(run, { tasks: [task({ taskId: "x", state: "skipped" })] })).verdict.outcome).toBe(
      "diagnosed",
    );
  });

  it("throws the upstream error when nothing can be read, so that it is tried again", async () => {
    const down = () => Promise.reject(unreachable("airflow:prod"));
    const world = {
      airflow: { run: down, taskInstance: down, taskInstances: down, tasks: down, dag: down, dags: down },
    };
    await expect(investigate(failure, world)).rejects.toMatchObject({ code: "upstream", retryable: true });
  });
});
