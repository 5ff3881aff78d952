import { afterEach, describe, expect, it } from "vitest";
import { createDatabricks } from "../../src/clients/databricks/index.js";
import type { Verdict } from "../../src/core/verdict.js";
import { readDatabricksCase } from "../../src/tools/gathering/databricks-case.js";
import { createHandClock } from "../unit/clients/hand-clock.js";
import { run, status, taskRun, verdictOn } from "../unit/rca/reading-of.js";
import { leaveAll, type Visit, visit } from "../unit/sandbox/visit.js";

afterEach(leaveAll);

const secret = (value: string) => ({ name: "sandbox", read: () => value });
const bronze = "6f1d2c80-8a52-4f0e-9f3f-2b1f6d0c7a11";

/** A job whose one task updates a pipeline. */
async function startUpdate(guest: Visit): Promise<string> {
  const tasks = [{ task_key: "bronze_orders", pipeline_task: { pipeline_id: bronze, full_refresh: false } }];
  const job = await guest.databricks("POST", "/jobs/create", { name: "lake.bronze", tasks });
  const started = await guest.databricks("POST", "/jobs/run-now", { job_id: job.body.job_id });
  return started.body.run_id;
}

/** What Pipewright makes of the run, reading the workspace as it does. */
async function verdictAbout(guest: Visit, runId: string): Promise<Verdict> {
  const client = createDatabricks(
    {
      name: "databricks:sandbox",
      host: guest.at.databricksUrl,
      read: { kind: "bearer", token: secret(guest.at.databricks.reader.token) },
      write: null,
    },
    { clock: createHandClock("2026-11-22T05:30:00Z"), redact: (text: string) => text, proxy: null },
  );
  try {
    const candidate = { runId: String(runId), url: null, isTaskRun: false, tryNumber: null };
    return await verdictOn(null, { databricks: await readDatabricksCase([candidate], [client.reader]) });
  } finally {
    client.close();
  }
}

describe("a pipeline task", () => {
  it("that failed is explained by its pipeline's events, since its own output says nothing", async () => {
    const guest = await visit({ liveFailures: false });
    guest.sandbox.setBehaviours([
      {
        job: "lake.bronze",
        task: "bronze_orders",
        failsUntilHealed: true,
        error:
          "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `net_eur` cannot be resolved.",
      },
    ]);
    const runId = await startUpdate(guest);
    guest.pass(20);
    const failed = await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`);
    const output = await guest.databricks("GET", `/jobs/runs/get-output?run_id=${failed.body.tasks[0].run_id}`);
    expect(output.body.error).toBeUndefined();

    const verdict = await verdictAbout(guest, runId);
    expect(verdict).toMatchObject({ outcome: "diagnosed", signature: "column-not-found", object: "net_eur" });
    expect(verdict.evidence[0]).toMatchObject({ source: "pipeline_events", line: null });
    expect(verdict.evidence.map(({ text }) => text)).toContain("bronze_orders");
  });

  it("whose pipeline wrote nothing is abstained on by name", async () => {
    const failed = status({ result: "FAILED", message: "Workload failed, see run output for details" });
    const tasks = [taskRun({ kind: "pipeline", taskKey: "bronze_orders", pipelineId: bronze, status: failed })];
    const databricks = { runs: [run({ tasks, status: failed })], outputs: [], clusterEvents: [], gaps: [] };
    const verdict = await verdictOn(null, { databricks });
    expect(verdict.outcome).toBe("abstained");
    expect(verdict.summary).toContain("pipeline task bronze_orders");
  });

  it("serves its events as the service does: newest first, paged, and none of a pipeline nobody runs", async () => {
    const guest = await visit({ liveFailures: false });
    await startUpdate(guest);
    guest.pass(20);
    const ask = (path: string) => guest.databricks("GET", `/../2.0/pipelines/${path}`);
    const first = await ask(`${bronze}/events?max_results=2`);
    expect(first.body.events.map((event: { event_type: string }) => event.event_type)).toHaveLength(2);
    const second = await ask(`${bronze}/events?page_token=${first.body.next_page_token}`);
    expect(second.body.events.map((event: { event_type: string }) => event.event_type)).toEqual(["create_update"]);
    expect(second.body.next_page_token).toBeUndefined();
    expect((await ask("00000000-0000-0000-0000-000000000000/events")).status).toBe(404);
  });
});
