import { setTimeout as pause } from "node:timers/promises";

/** What a test does to Airflow as its administrator: the product's clients are not used for it. */
export interface LabAdmin {
  setVariable(key: string, value: string): Promise<void>;
  setConnection(id: string, connection: Readonly<Record<string, unknown>>): Promise<void>;
  /** Starts a run and returns its id. */
  trigger(dagId: string, runId: string): Promise<string>;
  /** Waits until the run has ended; returns its state. */
  untilEnded(dagId: string, runId: string): Promise<string>;
  /** Waits until the task has one of the states; returns its row. */
  untilTask(
    dagId: string,
    runId: string,
    taskId: string,
    states: readonly string[],
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Every task instance of a run, as Airflow words it. */
  tasks(dagId: string, runId: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The log of a try as the API gives it: JSON as text in Airflow 3. */
  logOf(task: Readonly<Record<string, unknown>>): Promise<string>;
  /** Clears the failed instances of a task, as somebody does in Airflow itself. */
  clear(dagId: string, runId: string, taskId: string): Promise<void>;
  /** Marks a run failed, so that its task is stopped. */
  endRun(dagId: string, runId: string): Promise<void>;
  untilDags(dagIds: readonly string[]): Promise<void>;
}

const longest = 240_000;

export async function createAdmin(baseUrl: string, api: "v1" | "v2"): Promise<LabAdmin> {
  const authorization = api === "v1" ? `Basic ${btoa("admin:admin")}` : `Bearer ${await tokenOf(baseUrl)}`;

  async function call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${baseUrl}/api/${api}${path}`, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : { text } };
  }

  async function done(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function until<Value>(what: string, look: () => Promise<Value | null>): Promise<Value> {
    const deadline = Date.now() + longest;
    let last: unknown = null;
    while (Date.now() < deadline) {
      const found = await look().catch((error: unknown) => {
        last = error;
        return null;
      });
      if (found !== null) return found;
      await pause(500);
    }
    throw new Error(`waited in vain for ${what}${last === null ? "" : ` (${String(last)})`}`);
  }

  /** Creates, or replaces what is there. */
  async function put(path: string, idField: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const created = await call("POST", path, body);
    if (created.status >= 300) await done("PATCH", `${path}/${String(body[idField])}`, body);
  }

  const runAt = (dagId: string, runId: string) => `/dags/${dagId}/dagRuns/${encodeURIComponent(runId)}`;
  return {
    setVariable: (key, value) => put("/variables", "key", { key, value }),
    setConnection: (id, connection) => put("/connections", "connection_id", { connection_id: id, ...connection }),
    trigger: async (dagId, runId) => {
      await done("POST", `/dags/${dagId}/dagRuns`, {
        dag_run_id: runId,
        ...(api === "v2" ? { logical_date: null } : {}),
      });
      return runId;
    },
    untilEnded: (dagId, runId) =>
      until(`the end of ${dagId} ${runId}`, async () => {
        const { state } = await done("GET", runAt(dagId, runId));
        return state === "success" || state === "failed" ? state : null;
      }),
    untilTask: (dagId, runId, taskId, states) =>
      until(`${dagId} ${taskId} to be ${states.join(" or ")}`, async () => {
        const row = await done("GET", `${runAt(dagId, runId)}/taskInstances/${taskId}`);
        return states.includes(String(row["state"])) ? row : null;
      }),
    tasks: async (dagId, runId) => {
      const { task_instances: rows } = await done("GET", `${runAt(dagId, runId)}/taskInstances?limit=100`);
      return rows as Record<string, unknown>[];
    },
    logOf: async (task) => {
      const at = `${runAt(String(task["dag_id"]), String(task["dag_run_id"]))}/taskInstances/${String(task["task_id"])}`;
      const index = Number(task["map_index"]) < 0 ? "" : `?map_index=${String(task["map_index"])}`;
      return JSON.stringify(await done("GET", `${at}/logs/${String(task["try_number"])}${index}`));
    },
    clear: async (dagId, runId, taskId) => {
      const body = { dry_run: false, dag_run_id: runId, task_ids: [taskId], reset_dag_runs: true };
      await done("POST", `/dags/${dagId}/clearTaskInstances`, body);
    },
    endRun: async (dagId, runId) => {
      await done("PATCH", runAt(dagId, runId), { state: "failed" });
    },
    untilDags: async (dagIds) => {
      await until(`the DAGs ${dagIds.join(", ")}`, async () => {
        const { dags } = await done("GET", "/dags?limit=100");
        const known = (dags as { dag_id: string }[]).map(({ dag_id }) => dag_id);
        return dagIds.every((dagId) => known.includes(dagId)) ? true : null;
      });
    },
  };
}

async function tokenOf(baseUrl: string): Promise<string> {
  const login = await fetch(`${baseUrl}/auth/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "admin", password: "admin" }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  return token;
}
