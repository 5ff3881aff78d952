import { afterEach, expect, it } from "vitest";
import { ask, failedRun, leaveAll, runPath, runState, visit } from "./visit.js";

afterEach(leaveAll);

/** A file that keeps what it is given as text, as a real one would. */
function memoryFile(): { load(): Promise<unknown | null>; save(state: unknown): Promise<void> } {
  let text: string | null = null;
  return {
    load: async () => (text === null ? null : JSON.parse(text)),
    save: async (state) => {
      text = JSON.stringify(state);
    },
  };
}

it("is the same world for the same seed and clock, however often it is looked at", async () => {
  const often = await visit();
  const seldom = await visit();
  often.pass(90);
  seldom.leap(90);
  expect(seldom.sandbox.snapshot()).toEqual(often.sandbox.snapshot());
  const other = await visit({ seed: 8 });
  other.pass(90);
  expect(other.sandbox.snapshot()).not.toEqual(often.sandbox.snapshot());
});

it("goes on after a restart: the same failed run, the same ids, and the repair that was running ends", async () => {
  const dataFile = memoryFile();
  const before = await visit({ dataFile });
  before.pass(30);
  const { runId } = failedRun(before, "orders_daily");
  const path = `${runPath("orders_daily", runId)}/taskInstances/load_orders`;
  const instance = (await before.airflow("GET", path)).body;
  const jobRunId: string = (await before.airflow("GET", `${path}/xcomEntries/run_id`)).body.value;
  const repair = await before.databricks(
    "POST",
    "/jobs/runs/repair",
    `{"run_id": ${jobRunId}, "rerun_all_failed_tasks": true}`,
  );
  await before.close();

  const after = await visit({ dataFile }, "2026-11-22T18:41:10Z");
  expect((await after.airflow("GET", path)).body).toEqual(instance);
  const run = await after.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}&include_history=true`);
  expect(run.body.state.result_state).toBe("SUCCESS");
  expect(run.body.repair_history[1].id).toBe(repair.body.repair_id);
});

it("breaks orders_daily anew on a start when everything had recovered", async () => {
  const dataFile = memoryFile();
  const before = await visit({ dataFile });
  before.pass(12);
  const { runId } = failedRun(before, "orders_daily");
  await before.airflow("POST", "/dags/orders_daily/clearTaskInstances", { dry_run: false, dag_run_id: runId });
  before.pass(80);
  expect(runState(before, "orders_daily", runId)).toBe("success");
  await before.close();

  const after = await visit({ dataFile }, "2026-11-22T19:00:00Z");
  after.pass(12);
  const next = failedRun(after, "orders_daily");
  expect(next.runId).not.toBe(runId);
});

it("survives a week of sleep without playing every hour of it", async () => {
  const dataFile = memoryFile();
  const before = await visit({ dataFile });
  before.pass(20);
  await before.close();
  const after = await visit({ dataFile }, "2026-11-29T18:40:00Z");
  after.pass(5);
  const runs = after.sandbox.snapshot().dagRuns.filter((run) => run.dagId === "clickstream_hourly");
  expect(runs.length).toBeLessThan(40);
  expect(runs.some((run) => run.runId === "scheduled__2026-11-29T18:00:00+00:00")).toBe(true);
});

it("has a good past to compare with", async () => {
  const guest = await visit({ liveFailures: false });
  const states = await guest.airflow("GET", "/dags/orders_daily/dagRuns?order_by=-run_after&limit=5");
  expect(states.body.dag_runs.map((run: { state: string }) => run.state)).toEqual(Array(5).fill("success"));
  for (const run of states.body.dag_runs) expect(run.duration).toBeGreaterThan(30);
  const jobs = await guest.databricks("GET", "/jobs/runs/list?completed_only=true&limit=25");
  expect(jobs.body.runs.length).toBeGreaterThanOrEqual(15);
});

it("keeps its addresses over a restart, so that links written down before still lead to the failure", async () => {
  const dataFile = memoryFile();
  const before = await visit({ dataFile });
  before.pass(12);
  const { runId } = failedRun(before, "orders_daily");
  await before.close();
  const after = await visit({ dataFile }, "2026-11-22T18:41:00Z");
  expect([after.at.airflowUrl, after.at.databricksUrl]).toEqual([before.at.airflowUrl, before.at.databricksUrl]);

  const path = `/dags/orders_daily/runs/${encodeURIComponent(runId)}/tasks/load_orders`;
  const { text, headers } = await ask(`${after.at.airflowUrl}${path}`, "GET");
  expect(headers.get("content-type")).toContain("text/html");
  expect(text).toContain("SIMULATED");
  expect(text).toContain("SPOT_INSTANCE_TERMINATION");
  const jobRunId = /Run submitted with run_id: (\d+)/.exec(text)?.[1];
  const job = await ask(`${after.at.databricksUrl}/runs/${jobRunId}`, "GET");
  expect(job.text).toContain("aggregate");
});

it("plays everything faster when told to", async () => {
  const guest = await visit({ speed: 5 });
  guest.pass(12);
  const { runId } = failedRun(guest, "orders_daily");
  await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", { dry_run: false, dag_run_id: runId });
  guest.pass(14);
  expect(runState(guest, "orders_daily", runId)).toBe("success");
});

it("plays on alike from what was last kept when it was killed in between", async () => {
  const kept: string[] = [];
  const dataFile = {
    load: async () => (kept[0] === undefined ? null : JSON.parse(kept[0])),
    save: async (state: unknown) => {
      kept.push(JSON.stringify(state));
    },
  };
  const killed = await visit({ dataFile });
  killed.pass(25);
  const seen = killed.sandbox.snapshot();
  kept.length = 1;
  const after = await visit({ dataFile: { ...dataFile, save: async () => undefined } }, "2026-11-22T18:40:25Z");
  const known = new Map(seen.dagRuns.map((run) => [`${run.dagId} ${run.runId}`, run]));
  const again = after.sandbox.snapshot();
  for (const run of again.dagRuns) {
    const before = known.get(`${run.dagId} ${run.runId}`);
    if (before !== undefined) expect(run).toEqual(before);
  }
  expect(again.jobRuns.slice(0, seen.jobRuns.length)).toEqual(seen.jobRuns);
});

it("takes up pipelines that a world kept by an older version does not know", async () => {
  const dataFile = memoryFile();
  const before = await visit({ dataFile });
  before.pass(10);
  await before.close();
  const old = (await dataFile.load()) as { agenda: { dagId?: string }[]; dagRuns: { dagId: string }[] };
  const younger = (dagId: string | undefined): boolean => dagId === "payments_recon";
  await dataFile.save({
    ...old,
    agenda: old.agenda.filter((entry) => !younger(entry.dagId)),
    dagRuns: old.dagRuns.filter((run) => !younger(run.dagId)),
  });

  const after = await visit({ dataFile }, "2026-11-22T18:41:00Z");
  after.pass(18);
  expect(failedRun(after, "payments_recon").tasks["check_settlements"]).toBe("failed");
  after.leap(10 * 3_600);
  after.pass(1);
  const runs = after.sandbox.snapshot().dagRuns.filter((run) => run.dagId === "payments_recon");
  expect(runs.map((run) => run.runId)).toContain("scheduled__2026-11-23T04:30:00+00:00");
});
