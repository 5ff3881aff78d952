import { afterEach, expect, it } from "vitest";
import { failedRun, leaveAll, runPath, runState, type Visit, visit } from "./visit.js";

afterEach(leaveAll);

interface LogLine {
  readonly event: string;
  readonly level?: string;
  readonly lineno?: number;
  readonly error_detail?: readonly {
    readonly exc_type: string;
    readonly exc_value: string;
    readonly frames: readonly { readonly filename: string; readonly name: string }[];
  }[];
}

async function logOf(guest: Visit, dag: string, runId: string, task: string, tryNumber = 1): Promise<LogLine[]> {
  const path = `${runPath(dag, runId)}/taskInstances/${task}/logs/${tryNumber}`;
  return (await guest.airflow("GET", path)).body.content;
}

const clear = (guest: Visit, dag: string, runId: string, task: string) =>
  guest.airflow("POST", `/dags/${dag}/clearTaskInstances`, {
    dry_run: false,
    dag_run_id: runId,
    task_ids: [task],
    include_downstream: true,
  });

const stateOf = (guest: Visit, dag: string, runId: string, task: string): string | undefined =>
  guest.sandbox.snapshot().dagRuns.find((run) => run.dagId === dag && run.runId === runId)?.tasks[task];

it("lets inventory_sync's sensor give up on yesterday's partition, naming it at every look", async () => {
  const guest = await visit();
  expect(stateOf(guest, "inventory_sync", "scheduled__2026-11-22T02:45:00+00:00", "wait_for_stock_levels")).toBe(
    "running",
  );
  guest.pass(16);
  const { runId, tasks } = failedRun(guest, "inventory_sync");
  expect(tasks).toEqual({
    wait_for_stock_levels: "failed",
    load_stock_levels: "upstream_failed",
    net_reservations: "upstream_failed",
    publish_availability: "upstream_failed",
  });
  const log = await logOf(guest, "inventory_sync", runId, "wait_for_stock_levels");
  const pokes = log.filter((line) => line.event.startsWith("Poking for key : "));
  expect(new Set(pokes.map((line) => line.event))).toEqual(
    new Set(["Poking for key : s3://acme-landing/wms/stock_levels/dt=2026-11-21/_SUCCESS"]),
  );
  expect(pokes).toHaveLength(31);
  const failure = log.find((line) => line.event === "Task failed with exception");
  expect(failure?.lineno).toBe(1639);
  expect(failure?.error_detail?.[0]).toMatchObject({ exc_type: "AirflowSensorTimeout" });
  expect(failure?.error_detail?.[0]?.exc_value).toMatch(
    /^Sensor has timed out; run duration of 900\.\d+ seconds exceeds the specified timeout of 900\.0\.$/,
  );
  const instance = await guest.airflow(
    "GET",
    `${runPath("inventory_sync", runId)}/taskInstances/wait_for_stock_levels`,
  );
  expect(instance.body).toMatchObject({ operator: "S3KeySensor", try_number: 1 });
  expect(instance.body.rendered_fields).toMatchObject({
    bucket_name: "acme-landing",
    bucket_key: "wms/stock_levels/dt=2026-11-21/_SUCCESS",
  });
});

it("lets the cleared sensor wait again while the partition is missing, and find it at its next look when it came", async () => {
  const guest = await visit();
  guest.pass(16);
  const { runId } = failedRun(guest, "inventory_sync");
  await clear(guest, "inventory_sync", runId, "wait_for_stock_levels");
  guest.pass(60);
  expect(stateOf(guest, "inventory_sync", runId, "wait_for_stock_levels")).toBe("running");
  expect(guest.sandbox.healFault("inventory_sync:partition_missing")).toBe(true);
  guest.pass(60);
  expect(runState(guest, "inventory_sync", runId)).toBe("success");
  const log = await logOf(guest, "inventory_sync", runId, "wait_for_stock_levels", 2);
  expect(log.map((line) => line.event)).toContain("Success criteria met. Exiting.");
});

it("gives up again after the whole timeout when the partition never comes", async () => {
  const guest = await visit();
  guest.pass(16);
  const { runId } = failedRun(guest, "inventory_sync");
  await clear(guest, "inventory_sync", runId, "wait_for_stock_levels");
  guest.leap(890);
  expect(runState(guest, "inventory_sync", runId)).toBe("running");
  guest.leap(20);
  expect(runState(guest, "inventory_sync", runId)).toBe("failed");
});

it("stops payments_recon with a report of the table, the columns and the counts, until the batch is mended", async () => {
  const guest = await visit();
  guest.pass(18);
  const { runId, tasks } = failedRun(guest, "payments_recon");
  expect(tasks).toEqual({
    fetch_settlements: "success",
    check_settlements: "failed",
    match_ledger: "upstream_failed",
    post_differences: "upstream_failed",
  });
  const log = await logOf(guest, "payments_recon", runId, "check_settlements");
  const report = log.filter((line) => /^(?:PASS|FAIL) /.test(line.event)).map((line) => line.event);
  expect(report).toHaveLength(6);
  expect(report.filter((line) => line.startsWith("FAIL"))).toEqual([
    expect.stringMatching(/unique +settlement_id .* 592 duplicates$/),
    expect.stringMatching(/not_null +merchant_ref .* 37 nulls$/),
  ]);
  const detail = log.find((line) => line.event === "Task failed with exception")?.error_detail?.[0];
  expect(detail?.exc_type).toBe("DataQualityError");
  expect(detail?.exc_value).toContain("2 of 6 checks failed on bronze.psp_settlements (settlement_date = 2026-11-21)");

  await clear(guest, "payments_recon", runId, "check_settlements");
  guest.pass(15);
  expect(runState(guest, "payments_recon", runId)).toBe("failed");
  guest.sandbox.markFixed("payments_recon");
  await clear(guest, "payments_recon", runId, "check_settlements");
  guest.pass(25);
  expect(runState(guest, "payments_recon", runId)).toBe("success");
  const then = await logOf(guest, "payments_recon", runId, "check_settlements");
  expect(then.filter((line) => line.event.startsWith("FAIL "))).toHaveLength(2);
  const now = await logOf(guest, "payments_recon", runId, "check_settlements", 3);
  expect(now.map((line) => line.event)).toContain("6 checks: 6 passed, 0 failed");
});

it("blocks five tasks of marketing_attribution behind the one that lacks a package, until it is installed", async () => {
  const guest = await visit();
  guest.pass(18);
  const { runId, tasks } = failedRun(guest, "marketing_attribution");
  expect(Object.keys(tasks).filter((task) => tasks[task] === "upstream_failed")).toEqual([
    "fit_attribution",
    "score_channels",
    "split_budget",
    "write_report",
    "publish_attribution",
  ]);
  expect(tasks["stitch_touchpoints"]).toBe("failed");
  const log = await logOf(guest, "marketing_attribution", runId, "stitch_touchpoints");
  const detail = log.find((line) => line.event === "Task failed with exception")?.error_detail?.[0];
  expect(detail).toMatchObject({ exc_type: "ModuleNotFoundError", exc_value: "No module named 'rapidfuzz'" });
  expect(detail?.frames.at(-1)).toMatchObject({ filename: "/opt/airflow/dags/attribution/touchpoints.py" });
  const blocked = await guest.airflow(
    "GET",
    `${runPath("marketing_attribution", runId)}/taskInstances/write_report/logs/0`,
  );
  expect(blocked.text).toContain("Task did not run because upstream task(s) failed.");

  guest.sandbox.markFixed("marketing_attribution");
  await clear(guest, "marketing_attribution", runId, "stitch_touchpoints");
  guest.pass(40);
  expect(runState(guest, "marketing_attribution", runId)).toBe("success");
});

it("gives each of them a good past and breaks none of them before the first look", async () => {
  const guest = await visit();
  for (const dag of ["inventory_sync", "payments_recon", "marketing_attribution"]) {
    const runs = guest.sandbox.snapshot().dagRuns.filter((run) => run.dagId === dag);
    expect(runs.filter((run) => run.state === "success").length).toBeGreaterThanOrEqual(7);
    expect(runs.filter((run) => run.state === "failed")).toEqual([]);
  }
});
