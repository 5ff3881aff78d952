import { afterEach, describe, expect, it } from "vitest";
import { ask, leaveAll, type Visit, visit } from "../unit/sandbox/visit.js";

afterEach(leaveAll);

const FLOW = {
  name: "airflow.lake.flow",
  tasks: [
    { task_key: "first", notebook_task: { notebook_path: "/n/first", source: "WORKSPACE" } },
    { task_key: "second", depends_on: [{ task_key: "first" }], notebook_task: { notebook_path: "/n/second" } },
    { task_key: "third", depends_on: [{ task_key: "second" }], notebook_task: { notebook_path: "/n/third" } },
  ],
};

async function startJob(guest: Visit, settings: object = FLOW): Promise<{ jobId: string; runId: string }> {
  const job = await guest.databricks("POST", "/jobs/create", settings);
  const run = await guest.databricks("POST", "/jobs/run-now", { job_id: job.body.job_id });
  return { jobId: String(job.body.job_id), runId: run.body.run_id };
}

describe("jobs that come in over the API", () => {
  it("fail as they were told to, until they are healed and repaired", async () => {
    const guest = await visit({ liveFailures: false });
    guest.sandbox.setBehaviours([
      {
        job: "airflow.lake.*",
        task: "second",
        failsUntilHealed: true,
        error: "FileNotFoundError: /Volumes/main/landing/today is not there",
        trace: 'Traceback (most recent call last):\n  File "<command-1>", line 1\nFileNotFoundError',
      },
    ]);
    const { runId } = await startJob(guest);
    const queued = await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`);
    expect(queued.body.state.life_cycle_state).toBe("PENDING");
    guest.pass(20);
    const failed = await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`);
    expect(failed.body.state).toMatchObject({
      life_cycle_state: "INTERNAL_ERROR",
      result_state: "FAILED",
      state_message: "Task second failed with message: Workload failed, see run output for details.",
    });
    const states = failed.body.tasks.map((task: { state: { result_state: string } }) => task.state.result_state);
    expect(states).toEqual(["SUCCESS", "FAILED", "UPSTREAM_FAILED"]);
    const output = await guest.databricks("GET", `/jobs/runs/get-output?run_id=${failed.body.tasks[1].run_id}`);
    expect(output.body.error).toBe("FileNotFoundError: /Volumes/main/landing/today is not there");
    expect(output.body.error_trace).toContain("Traceback");

    const order = `{"run_id": ${runId}, "rerun_tasks": ["second"], "rerun_dependent_tasks": true`;
    const first = await guest.databricks("POST", "/jobs/runs/repair", `${order}}`);
    guest.pass(20);
    expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`)).body.state.result_state).toBe("FAILED");
    expect(guest.sandbox.healBehaviours("airflow.lake.*")).toBe(1);
    await guest.databricks("POST", "/jobs/runs/repair", `${order}, "latest_repair_id": ${first.body.repair_id}}`);
    guest.pass(20);
    expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`)).body.state.result_state).toBe("SUCCESS");
  });

  it("are started once for one idempotency token", async () => {
    const guest = await visit({ liveFailures: false });
    const job = await guest.databricks("POST", "/jobs/create", FLOW);
    const order = { job_id: job.body.job_id, idempotency_token: "try-1" };
    const [one, two] = [
      await guest.databricks("POST", "/jobs/run-now", order),
      await guest.databricks("POST", "/jobs/run-now", order),
    ];
    expect(two.body.run_id).toBe(one.body.run_id);
  });

  it("are found by name and take new settings", async () => {
    const guest = await visit({ liveFailures: false });
    const { jobId } = await startJob(guest);
    const found = await guest.databricks("GET", "/jobs/list?name=airflow.lake.flow&limit=25");
    expect(found.body.jobs.map((job: { job_id: number }) => String(job.job_id))).toEqual([jobId]);
    const reset = { job_id: Number(jobId), new_settings: { name: "renamed", tasks: FLOW.tasks.slice(0, 1) } };
    expect((await guest.databricks("POST", "/jobs/reset", reset)).status).toBe(200);
    expect((await guest.databricks("GET", `/jobs/get?job_id=${jobId}`)).body.settings.name).toBe("renamed");
  });

  it("stop when they are cancelled, and runs/submit needs no job", async () => {
    const guest = await visit({ liveFailures: false });
    const run = await guest.databricks("POST", "/jobs/runs/submit", { run_name: "once", tasks: FLOW.tasks });
    guest.pass(4);
    expect((await guest.databricks("POST", "/jobs/runs/cancel", `{"run_id": ${run.body.run_id}}`)).body).toEqual({});
    const after = await guest.databricks("GET", `/jobs/runs/get?run_id=${run.body.run_id}`);
    expect(after.body.state).toMatchObject({ life_cycle_state: "TERMINATED", result_state: "CANCELED" });
    expect(after.body.run_type).toBe("SUBMIT_RUN");
    expect(after.body.job_id).toBeUndefined();
  });
});

describe("the workspace's manners", () => {
  it("keeps ids above 2^53 exact on the wire", async () => {
    const guest = await visit({ liveFailures: false });
    const { runId } = await startJob(guest);
    expect(BigInt(runId) > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
    const answer = await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`);
    expect(answer.text).toContain(`"run_id":${runId},`);
  });

  it("lists runs newest first, 25 at most a page, active and completed apart", async () => {
    const guest = await visit();
    guest.pass(3);
    const first = await guest.databricks("GET", "/jobs/runs/list?limit=10");
    const second = await guest.databricks("GET", `/jobs/runs/list?limit=10&page_token=${first.body.next_page_token}`);
    const starts = [...first.body.runs, ...second.body.runs].map((run: { start_time: number }) => run.start_time);
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
    expect(first.body.has_more).toBeUndefined();
    expect(first.body.runs[0].tasks).toBeUndefined();
    const active = await guest.databricks("GET", "/jobs/runs/list?active_only=true");
    expect(active.body.runs.length).toBeGreaterThan(0);
    for (const run of active.body.runs) expect(run.end_time).toBe(0);
    for (const query of ["limit=26", "limit=0", "active_only=true&completed_only=true"]) {
      const refused = await guest.databricks("GET", `/jobs/runs/list?${query}`);
      expect([refused.status, refused.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    }
  });

  it("refuses in its own words", async () => {
    const guest = await visit({ liveFailures: false });
    const { runId } = await startJob(guest);
    const gone = await guest.databricks("GET", "/jobs/runs/get?run_id=42");
    expect([gone.status, gone.body.error_code, gone.body.message]).toEqual([
      400,
      "INVALID_PARAMETER_VALUE",
      "Run 42 does not exist.",
    ]);
    const whole = await guest.databricks("GET", `/jobs/runs/get-output?run_id=${runId}`);
    expect(whole.body.message).toContain("Retrieving the output of runs with multiple tasks is not supported");
    const early = await guest.databricks(
      "POST",
      "/jobs/runs/repair",
      `{"run_id": ${runId}, "rerun_all_failed_tasks": true}`,
    );
    expect(early.status).toBe(400);
    for (const path of ["/jobs/runs/repair", "/jobs/run-now", "/jobs/runs/cancel"]) {
      const refused = await guest.databricks("POST", path, `{"run_id": ${runId}}`, "reader");
      expect([refused.status, refused.body.error_code]).toEqual([403, "PERMISSION_DENIED"]);
    }
    const url = `${guest.at.databricksUrl}/api/2.2/jobs/list`;
    expect((await ask(url, "GET")).status).toBe(401);
    expect((await ask(url, "GET", undefined, "dapi-wrong")).status).toBe(403);
  });

  it("gives an OAuth token to a service principal and says whose it is", async () => {
    const guest = await visit({ liveFailures: false });
    const { clientId, clientSecret, userName } = guest.at.databricks.reader;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    const given = await fetch(`${guest.at.databricksUrl}/oidc/v1/token`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials&scope=all-apis",
    });
    const { access_token: token, expires_in: seconds } = (await given.json()) as Record<string, unknown>;
    expect(seconds).toBe(3_600);
    const me = await ask(`${guest.at.databricksUrl}/api/2.0/preview/scim/v2/Me`, "GET", undefined, String(token));
    expect(me.body.userName).toBe(userName);
  });
});

describe("the control API", () => {
  it("lists the faults, breaks one, and is closed to browsers", async () => {
    const guest = await visit({ liveFailures: false });
    const faults = await ask(`${guest.at.controlUrl}/faults`, "GET");
    expect(faults.body.map((fault: { id: string }) => fault.id)).toContain("customer_360:schema_drift");
    const broken = await ask(`${guest.at.controlUrl}/break`, "POST", { fault: "clickstream_hourly:http_503" });
    expect([broken.status, broken.body.dagId]).toEqual([201, "clickstream_hourly"]);
    expect((await ask(`${guest.at.controlUrl}/break`, "POST", { fault: "nope" })).status).toBe(404);
    const page = { origin: "http://evil.example" };
    const fromPage = await ask(`${guest.at.controlUrl}/break`, "POST", { fault: "nope" }, undefined, page);
    expect(fromPage.status).toBe(403);
  });

  it("tells tasks how to behave", async () => {
    const guest = await visit({ liveFailures: false });
    const wish = { job: "airflow.lake.flow", task: "first", failsTimes: 1, error: "ConnectionError: once" };
    expect((await ask(`${guest.at.controlUrl}/behaviours`, "POST", wish)).status).toBe(201);
    const { runId } = await startJob(guest);
    guest.pass(20);
    expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`)).body.state.result_state).toBe("FAILED");
    await guest.databricks("POST", "/jobs/runs/repair", `{"run_id": ${runId}, "rerun_all_failed_tasks": true}`);
    guest.pass(20);
    expect((await guest.databricks("GET", `/jobs/runs/get?run_id=${runId}`)).body.state.result_state).toBe("SUCCESS");
  });
});
