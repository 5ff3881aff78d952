import { afterEach, expect, it } from "vitest";
import { failedRun, leaveAll, runPath, runState, visit } from "./visit.js";

afterEach(leaveAll);

it("lets three of twenty mapped clicks fail after their retry; clearing those three recovers the run", async () => {
  const guest = await visit();
  guest.pass(15);
  const { runId, tasks } = failedRun(guest, "clickstream_hourly");
  const failed = Object.keys(tasks).filter((name) => tasks[name] === "failed");
  expect(failed).toEqual(["fetch_events[3]", "fetch_events[7]", "fetch_events[19]"]);
  expect(tasks["sessionize"]).toBe("upstream_failed");

  const base = `${runPath("clickstream_hourly", runId)}/taskInstances/fetch_events`;
  const tries = await guest.airflow("GET", `${base}/7/tries`);
  expect(
    tries.body.task_instances.map((one: { try_number: number; state: string }) => [one.try_number, one.state]),
  ).toEqual([
    [1, "failed"],
    [2, "failed"],
  ]);
  const log = await guest.airflow("GET", `${base}/logs/2?map_index=7`);
  expect(log.text).toContain(
    "503 Server Error: Service Unavailable for url: https://collector-eu.clickstream.example/",
  );
  expect((await guest.airflow("GET", base)).body.detail).toBe(
    "Task instance is mapped, add the map_index value to the URL",
  );

  const cleared = await guest.airflow("POST", "/dags/clickstream_hourly/clearTaskInstances", {
    dry_run: false,
    dag_run_id: runId,
    task_ids: [["fetch_events", 3], ["fetch_events", 7], ["fetch_events", 19], "sessionize", "publish_sessions"],
  });
  expect(cleared.body.total_entries).toBe(5);
  guest.pass(20);
  expect(runState(guest, "clickstream_hourly", runId)).toBe("success");
  const kept = await guest.airflow("GET", `${base}/4`);
  expect(kept.body).toMatchObject({ state: "success", try_number: 1, map_index: 4 });
  expect((await guest.airflow("GET", `${base}/7`)).body).toMatchObject({ state: "success", try_number: 3 });
});

it("shows a try that will be retried as up_for_retry first", async () => {
  const guest = await visit();
  const states = new Set<string>();
  for (let second = 0; second < 12; second += 1) {
    guest.pass(1);
    for (const run of guest.sandbox.snapshot().dagRuns) {
      const state = run.dagId === "clickstream_hourly" ? run.tasks["fetch_events[7]"] : undefined;
      if (state !== undefined && run.state !== "success") states.add(state);
    }
  }
  expect(states).toContain("up_for_retry");
  expect(states).toContain("failed");
});

it("fails customer_360 again until the fix is marked", async () => {
  const guest = await visit();
  guest.pass(20);
  const { runId, tasks } = failedRun(guest, "customer_360");
  expect(tasks["merge_customers"]).toBe("failed");
  const clear = { dry_run: false, dag_run_id: runId, task_ids: ["merge_customers"], include_downstream: true };
  const log = await guest.airflow("GET", `${runPath("customer_360", runId)}/taskInstances/merge_customers/logs/1`);
  expect(log.text).toContain("[UNRESOLVED_COLUMN.WITH_SUGGESTION]");
  expect(log.text).toContain("`loyalty_tier`");

  await guest.airflow("POST", "/dags/customer_360/clearTaskInstances", clear);
  guest.pass(30);
  expect(runState(guest, "customer_360", runId)).toBe("failed");

  expect(guest.sandbox.markFixed("customer_360")).toBe(true);
  await guest.airflow("POST", "/dags/customer_360/clearTaskInstances", clear);
  guest.pass(40);
  expect(runState(guest, "customer_360", runId)).toBe("success");
});

it("keeps finance_close healthy, however its logs read", async () => {
  const guest = await visit();
  guest.pass(30);
  const run = guest.sandbox.snapshot().dagRuns.findLast((one) => one.dagId === "finance_close");
  expect(run?.state).toBe("success");
  const base = `${runPath("finance_close", run?.runId ?? "")}/taskInstances`;
  const ledger = await guest.airflow("GET", `${base}/load_ledger/logs/1`);
  expect(ledger.text).toContain("TimeoutError");
  expect(ledger.text).not.toContain("Task failed with exception");
  const tries = await guest.airflow("GET", `${base}/reconcile_accounts/tries`);
  expect(tries.body.task_instances.map((one: { state: string }) => one.state)).toEqual(["failed", "success"]);
});
