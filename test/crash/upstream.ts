import type { Incident } from "../../src/core/incident.js";
import type { Clock } from "../../src/core/ports.js";
import { createSandbox } from "../../src/sandbox/sandbox.js";
import { incidentAbout, taskFailed } from "../flows/approval-world.js";
import { type Fault, type FaultProxy, type Passing, startFaultProxy } from "./fault-proxy.js";

/** The systems of one simulated company behind proxies, for a replica's configuration. */
export interface UpstreamAddress {
  readonly airflow: { readonly name: string; readonly baseUrl: string };
  readonly databricks: { readonly name: string; readonly host: string };
  readonly users: Readonly<Record<"reader" | "writer", { readonly username: string; readonly password: string }>>;
  readonly tokens: Readonly<Record<"reader" | "writer", string>>;
}

/** One failed run, with the incident about it. */
export interface BrokenRun {
  readonly incident: Incident;
  readonly runId: string;
}

export interface Upstream {
  readonly address: UpstreamAddress;
  readonly broken: readonly BrokenRun[];
  stop(): Promise<void>;
}

export interface UpstreamOptions {
  readonly name: string;
  readonly clock: Clock;
  /** How many runs of each kind fail; the simulated Airflow keeps 60 of a DAG. */
  readonly clears: number;
  readonly repairs: number;
  readonly chooseFault: (system: "airflow" | "databricks", passing: Passing) => Fault | null;
  /** Called with what each writing request did: `clear <run>`, `success <run>`, `repair <run>`. */
  readonly onEffect: (effect: string) => void;
}

/** A simulated Airflow and Databricks with failed runs, each behind a proxy that breaks single requests. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { name, clock } = options;
  const sandbox = createSandbox({ seed: name, clock, liveFailures: false });
  const made = await sandbox.start({ host: "127.0.0.1" });
  const onAnswer = (passing: Passing, status: number, body: string): void => {
    const effect = effectOf(passing, status, body);
    if (effect !== null) options.onEffect(`${name} ${effect}`);
  };
  const proxies: FaultProxy[] = [];
  for (const [system, target] of [
    ["airflow", made.airflowUrl],
    ["databricks", made.databricksUrl],
  ] as const) {
    const choose = (passing: Passing) => options.chooseFault(system, passing);
    proxies.push(await startFaultProxy({ target, choose, onAnswer }));
  }

  const broken: BrokenRun[] = [];
  for (let i = 0; i < options.clears; i += 1) {
    const runId = sandbox.breakSomething("clickstream_hourly:http_503")?.runId ?? "";
    broken.push({
      incident: incidentFor(name, "clickstream_hourly", runId, "fetch_events", [3, 7, 19]),
      runId,
    });
  }
  for (let i = 0; i < options.repairs; i += 1) {
    const runId = sandbox.breakSomething("orders_daily:spot_loss")?.runId ?? "";
    broken.push({
      incident: incidentFor(name, "orders_daily", runId, "load_orders", [-1]),
      runId,
    });
  }
  const stillRuns = (): boolean =>
    sandbox.snapshot().dagRuns.some(({ dagId, runId, state }) => state !== "failed" && isBroken(broken, dagId, runId));
  while (stillRuns()) await clock.sleep(1_000);
  return {
    address: {
      airflow: { name: `airflow:${name}`, baseUrl: proxies[0]?.url ?? "" },
      databricks: { name: `databricks:${name}`, host: proxies[1]?.url ?? "" },
      users: made.airflow,
      tokens: { reader: made.databricks.reader.token, writer: made.databricks.writer.token },
    },
    broken,
    async stop() {
      for (const proxy of proxies) await proxy.stop();
      await sandbox.stop();
    },
  };
}

function isBroken(broken: readonly BrokenRun[], dagId: string, runId: string): boolean {
  return broken.some((run) => run.runId === runId && run.incident.dagId === dagId);
}

function incidentFor(
  name: string,
  dagId: string,
  runId: string,
  taskId: string,
  mapIndexes: readonly number[],
): Incident {
  const connection = `airflow:${name}`;
  const failures = mapIndexes.map((index) => taskFailed(taskId, index, { connection, dagId, runId }));
  const id = `inc_${name}_${dagId}_${runId}`;
  return { ...incidentAbout({ failures }), id, fingerprint: id, connection, dagId, title: `${dagId} / ${taskId}` };
}

/** What a request that was answered well has changed; null for reads, dry runs, refusals, and clears that met nothing. */
export function effectOf({ method, path, body }: Passing, status: number, answer: string): string | null {
  if (method === "GET" || status >= 300) return null;
  const sent = JSON.parse(body || "{}") as Record<string, unknown>;
  if (path.includes("/clearTaskInstances")) {
    const { task_instances: cleared = [] } = JSON.parse(answer) as { task_instances?: unknown[] };
    return sent["dry_run"] === false && cleared.length > 0 ? `clear ${String(sent["dag_run_id"])}` : null;
  }
  if (path.includes("/jobs/runs/repair")) return `repair ${String(/"run_id":\s*(\d+)/.exec(body)?.[1])}`;
  const patched = /\/dagRuns\/([^/]+)\/taskInstances\/[^?]+$/.exec(path.split("?")[0] ?? "");
  if (method === "PATCH" && patched !== null && !path.endsWith("/dry_run") && sent["new_state"] === "success") {
    return `success ${decodeURIComponent(patched[1] ?? "")}`;
  }
  return null;
}
