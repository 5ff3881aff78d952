import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../free-port.js";
import { createAdmin, type LabAdmin } from "./admin.js";
import { installAirflow } from "./install.js";

/** A real Airflow on loopback, with its own SQLite database, users and DAGs. */
export interface AirflowLab {
  readonly baseUrl: string;
  /** `reader` may only look, `writer` may clear; the password is the name. */
  readonly admin: LabAdmin;
  /** Where the test can put files that DAGs look for. */
  readonly home: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const dagFolder = join(import.meta.dirname, "dags");
const users = { admin: "admin", writer: "op", reader: "viewer" };

export async function startAirflow(): Promise<AirflowLab> {
  const venv = await installAirflow();
  const home = mkdtempSync(join(tmpdir(), "pipewright-airflow-"));
  const out = join(home, "out");
  mkdirSync(out);
  const [port, workerLogs, triggererLogs] = [await freePort(), await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  writeFileSync(
    join(home, "passwords.json"),
    JSON.stringify(Object.fromEntries(Object.keys(users).map((name) => [name, name]))),
  );
  const env = {
    ...process.env,
    ...settings(home, port, workerLogs, triggererLogs),
    PATH: `${join(venv, "bin")}:${process.env["PATH"]}`,
  };
  const airflow = join(venv, "bin/airflow");

  await run(airflow, ["db", "migrate"], { env, maxBuffer: 64 * 1024 * 1024 });
  const log = openSync(join(out, "airflow.log"), "a");
  const parts = ["api-server", "scheduler", "dag-processor", "triggerer"];
  const keeper = spawn(process.execPath, [join(import.meta.dirname, "keeper.mjs"), airflow, ...parts], {
    env,
    cwd: home,
    detached: true,
    stdio: ["pipe", log, log],
  });
  const stop = async () => {
    const ended = new Promise((resolve) => keeper.once("exit", resolve));
    keeper.stdin?.end();
    if (keeper.exitCode === null && keeper.signalCode === null) await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await untilHealthy(baseUrl, keeper);
    const admin = await createAdmin(baseUrl);
    await admin.untilDags(
      readdirSync(dagFolder)
        .filter((name) => name.endsWith(".py"))
        .map((name) => name.slice(0, -3)),
    );
    return { baseUrl, admin, home, stop };
  } catch (error) {
    const tails = readdirSync(out).map((name) => `${name}: ${readFileSync(join(out, name), "utf8").slice(-1500)}`);
    await stop();
    throw new Error(`Airflow did not start: ${String(error)}\n${tails.join("\n")}`);
  }
}

function settings(home: string, port: number, workerLogs: number, triggererLogs: number): Record<string, string> {
  const api = `http://127.0.0.1:${port}`;
  return {
    AIRFLOW_HOME: join(home, "airflow"),
    AIRFLOW__CORE__DAGS_FOLDER: dagFolder,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__PARALLELISM: "2",
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False",
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${api}/execution/`,
    AIRFLOW__CORE__AUTH_MANAGER: "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS: Object.entries(users)
      .map(([name, role]) => `${name}:${role}`)
      .join(","),
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: join(home, "passwords.json"),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `sqlite:///${home}/airflow.db`,
    AIRFLOW__API__HOST: "127.0.0.1",
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__WORKERS: "1",
    AIRFLOW__API__BASE_URL: api,
    AIRFLOW__API__SECRET_KEY: "live-tests-only-0123456789",
    AIRFLOW__API_AUTH__JWT_SECRET: "live-tests-only-0123456789-0123456789-0123456789-0123456789-012345",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER: join(home, "logs"),
    AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(workerLogs),
    AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(triggererLogs),
    AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: "15",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    AIRFLOW_CONN_PW_FILES: '{"conn_type":"fs"}',
    PYTHONUNBUFFERED: "1",
    PYTHONPYCACHEPREFIX: join(home, "pycache"),
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}

async function untilHealthy(baseUrl: string, keeper: ChildProcess): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await isHealthy(baseUrl))) {
    if (keeper.exitCode !== null || keeper.signalCode !== null) throw new Error("one of its processes ended");
    if (Date.now() > deadline) throw new Error("not healthy within five minutes");
    await pause(1000);
  }
}

async function isHealthy(baseUrl: string): Promise<boolean> {
  try {
    const health = (await (await fetch(`${baseUrl}/api/v2/monitor/health`)).json()) as Record<
      string,
      { status?: string }
    >;
    return ["metadatabase", "scheduler", "dag_processor"].every((part) => health[part]?.status === "healthy");
  } catch {
    return false;
  }
}
