import { afterEach, expect, it } from "vitest";
import { failedRun, leaveAll, runPath, runState, visit } from "./visit.js";

afterEach(leaveAll);

const TI = (runId: string, taskId = "load_orders"): string =>
  `${runPath("orders_daily", runId)}/taskInstances/${taskId}`;

it("fails a few seconds after the start: the spot driver of the last of five tasks is gone", async () => {
  const guest = await visit();
  expect(guest.sandbox.snapshot().dagRuns.some((run) => run.state === "failed")).toBe(false);
  guest.pass(10);
  const { runId, tasks } = failedRun(guest, "orders_daily");
  expect(runId).toBe("scheduled__2026-11-22T02:00:00+00:00");
  expect(tasks).toEqual({
    extract_orders: "success",
    load_orders: "failed",
    "build_marts[0]": "upstream_failed",
    "build_marts[1]": "upstream_failed",
    publish: "upstream_failed",
  });

  const xcom = await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`);
  const jobRunId: string = xcom.body.value;
  expect(BigInt(jobRunId) > 2n ** 53n).toBe(true);
  const log = await guest.airflow("GET", `${TI(runId)}/logs/1`);
  const events: { event: string; error_detail?: { exc_value: string }[] }[] = log.body.content;
  expect(events.map((line) => line.event)).toContain(`Run submitted with run_id: ${jobRunId}`);
  const failure = events.find((line) => line.event === "Task failed with exception");
  const job = await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}`);
  const aggregate = job.body.tasks.find((task: { task_key: string }) => task.task_key === "aggregate");
  expect(failure?.error_detail?.[0]?.exc_value).toContain(`'task_key': 'aggregate', 'run_id': ${aggregate.run_id}`);
  expect(job.body.state).toMatchObject({ life_cycle_state: "INTERNAL_ERROR", result_state: "FAILED" });
  expect(job.body.tasks.map((task: { state: { result_state: string } }) => task.state.result_state)).toEqual([
    "SUCCESS",
    "SUCCESS",
    "SUCCESS",
    "SUCCESS",
    "FAILED",
  ]);

  const output = await guest.databricks("GET", `/jobs/runs/get-output?run_id=${aggregate.run_id}`);
  expect(output.body.error).toContain("SPOT_INSTANCE_TERMINATION");
  const events2 = await guest.databricks("POST", "/clusters/events", {
    cluster_id: aggregate.cluster_instance.cluster_id,
  });
  expect(events2.body.events[0]).toMatchObject({
    type: "TERMINATING",
    details: { reason: { code: "SPOT_INSTANCE_TERMINATION", type: "CLOUD_FAILURE" } },
  });
});

it("recovers within a minute after a repair and marking the task done; nothing that succeeded runs again", async () => {
  const guest = await visit();
  guest.pass(10);
  const { runId } = failedRun(guest, "orders_daily");
  const jobRunId: string = (await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`)).body.value;
  const jobRuns = guest.sandbox.snapshot().jobRuns.length;

  const repair = await guest.databricks(
    "POST",
    "/jobs/runs/repair",
    `{"run_id": ${jobRunId}, "rerun_tasks": ["aggregate"]}`,
  );
  expect(repair.status).toBe(200);
  guest.pass(2);
  const during = await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}`);
  expect(during.body.state.life_cycle_state).toBe("RUNNING");
  expect(during.body.end_time).toBe(0);
  guest.pass(26);
  const repaired = await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}&include_history=true`);
  expect(repaired.body.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "SUCCESS" });
  expect(repaired.body.tasks).toHaveLength(6);
  expect(repaired.body.tasks.filter((task: { attempt_number: number }) => task.attempt_number === 1)).toHaveLength(1);
  expect(repaired.body.repair_history.map((entry: { type: string; id?: string }) => [entry.type, entry.id])).toEqual([
    ["ORIGINAL", undefined],
    ["REPAIR", repair.body.repair_id],
  ]);
  expect(runState(guest, "orders_daily", runId)).toBe("failed");

  const marked = await guest.airflow("PATCH", TI(runId), { new_state: "success" });
  expect(marked.body.task_instances[0]).toMatchObject({ task_id: "load_orders", state: "success", try_number: 1 });
  guest.pass(15);
  const after = guest.sandbox.snapshot().dagRuns.find((run) => run.dagId === "orders_daily" && run.runId === runId);
  expect(after?.state).toBe("success");
  expect(new Set(Object.values(after?.tasks ?? {}))).toEqual(new Set(["success"]));
  expect(guest.sandbox.snapshot().jobRuns).toHaveLength(jobRuns);
});

it("starts one new Databricks run of the whole job when load_orders is cleared", async () => {
  const guest = await visit();
  guest.pass(10);
  const { runId } = failedRun(guest, "orders_daily");
  const before = await guest.airflow("GET", TI(runId));
  const first: string = (await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`)).body.value;
  const wish = { dag_run_id: runId, task_ids: ["load_orders"], include_downstream: true };

  const dry = await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", wish);
  expect(dry.body.total_entries).toBe(4);
  expect((await guest.airflow("GET", TI(runId))).body.id).toBe(before.body.id);

  const cleared = await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", { ...wish, dry_run: false });
  const load = cleared.body.task_instances.find((task: { task_id: string }) => task.task_id === "load_orders");
  expect(load).toMatchObject({ state: null, try_number: 1, max_tries: 1 });
  expect(load.id).not.toBe(before.body.id);
  const again = await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", { ...wish, dry_run: false });
  expect(again.body.total_entries).toBe(0);

  guest.pass(3);
  expect((await guest.airflow("GET", TI(runId))).body).toMatchObject({ state: "running", try_number: 2 });
  guest.pass(70);
  expect(runState(guest, "orders_daily", runId)).toBe("success");
  const second: string = (await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`)).body.value;
  expect(second).not.toBe(first);
  const log = await guest.airflow("GET", `${TI(runId)}/logs/2`);
  expect(log.text).toContain(`Run submitted with run_id: ${second}`);
  expect(log.text).toContain(`"external_id":${first}`);
  expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${first}`)).body.state.result_state).toBe("FAILED");
  expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${second}`)).body.tasks).toHaveLength(5);
});

it("can be broken again and again, each time a new run", async () => {
  const guest = await visit({ liveFailures: false });
  const runs = ["orders_daily:spot_loss", "orders_daily:spot_loss", "orders_daily:spot_loss"].map((fault) => {
    const run = guest.sandbox.breakSomething(fault);
    guest.pass(8);
    return run?.runId ?? "";
  });
  expect(new Set(runs).size).toBe(3);
  for (const runId of runs) expect(runState(guest, "orders_daily", runId)).toBe("failed");
});

it("loses the driver again during the first repair when told so; the second repair names the first", async () => {
  const guest = await visit({ liveFailures: false });
  const runId = guest.sandbox.breakSomething("orders_daily:spot_loss_twice")?.runId ?? "";
  guest.pass(8);
  const jobRunId: string = (await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`)).body.value;
  const order = (latest: string): string =>
    `{"run_id": ${jobRunId}, "rerun_tasks": ["aggregate"]${latest === "" ? "" : `, "latest_repair_id": ${latest}`}}`;
  const first = await guest.databricks("POST", "/jobs/runs/repair", order(""));
  guest.pass(15);
  expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}`)).body.state.result_state).toBe("FAILED");

  const blind = await guest.databricks("POST", "/jobs/runs/repair", order(""));
  expect([blind.status, blind.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  const second = await guest.databricks("POST", "/jobs/runs/repair", order(first.body.repair_id));
  expect(second.status).toBe(200);
  guest.pass(30);
  expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${jobRunId}`)).body.state.result_state).toBe("SUCCESS");
});

it("does not start the job again when load_orders is cleared after a repair: the provider finds its run done", async () => {
  const guest = await visit();
  guest.pass(10);
  const { runId } = failedRun(guest, "orders_daily");
  const jobRunId: string = (await guest.airflow("GET", `${TI(runId)}/xcomEntries/run_id`)).body.value;
  await guest.databricks("POST", "/jobs/runs/repair", `{"run_id": ${jobRunId}, "rerun_tasks": ["aggregate"]}`);
  guest.pass(30);
  const jobRuns = guest.sandbox.snapshot().jobRuns.length;
  await guest.airflow("POST", "/dags/orders_daily/clearTaskInstances", {
    dry_run: false,
    dag_run_id: runId,
    task_ids: ["load_orders"],
    include_downstream: true,
  });
  guest.pass(20);
  expect(runState(guest, "orders_daily", runId)).toBe("success");
  expect(guest.sandbox.snapshot().jobRuns).toHaveLength(jobRuns);
  const log = await guest.airflow("GET", `${TI(runId)}/logs/2`);
  expect(log.text).toContain("Job already completed successfully, skipping resubmission");
  expect(log.text).not.toContain("Run submitted");
});
