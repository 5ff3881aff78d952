import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../free-port.js";
import { createAdmin, type LabAdmin } from "./admin.js";
import type { Generation } from "./generation.js";
import { installAirflow } from "./install.js";

/** A real Airflow on loopback, with its own SQLite database, users and DAGs. */
export interface AirflowLab {
  readonly generation: Generation;
  readonly baseUrl: string;
  /** `reader` may only look, `writer` may clear; the password is the name. */
  readonly admin: LabAdmin;
  /** Where the test can put files that DAGs look for. */
  readonly home: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const here = resolve("test/live/airflow");

/** With the DAGs of a folder, which are there once this returns; by default those of the live stories. */
export async function startAirflow(generation: Generation, dagFolder = join(here, "dags")): Promise<AirflowLab> {
  const venv = await installAirflow(generation);
  const home = mkdtempSync(join(tmpdir(), "pipewright-airflow-"));
  const out = join(home, "out");
  mkdirSync(out);
  const [port, workerLogs, triggererLogs] = [await freePort(), await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    ...settings({ home, dagFolder, workerLogs, triggererLogs }),
    ...generation.settings(home, port),
    PATH: `${join(venv, "bin")}:${process.env["PATH"]}`,
  };
  const airflow = join(venv, "bin/airflow");

  await run(airflow, ["db", "migrate"], { env, maxBuffer: 64 * 1024 * 1024 });
  await generation.prepare(home, { venv, env });
  const log = openSync(join(out, "airflow.log"), "a");
  const keeper = spawn(process.execPath, [join(here, "keeper.mjs"), airflow, ...generation.parts], {
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
    await untilHealthy(baseUrl, generation, keeper);
    const admin = await createAdmin(baseUrl, generation.api);
    await admin.untilDags(dagIds(dagFolder));
    return { generation, baseUrl, admin, home, stop };
  } catch (error) {
    const tails = readdirSync(out).map((name) => `${name}: ${readFileSync(join(out, name), "utf8").slice(-1500)}`);
    await stop();
    throw new Error(`Airflow did not start: ${String(error)}\n${tails.join("\n")}`);
  }
}

/** The functions that make DAGs; those that make tasks stand inside them. */
function dagIds(dagFolder: string): readonly string[] {
  const files = readdirSync(dagFolder).filter((name) => name.endsWith(".py"));
  const text = files.map((name) => readFileSync(join(dagFolder, name), "utf8")).join("\n");
  return [...text.matchAll(/^def (pw_\w+)\(/gm)].flatMap(([, dagId]) => dagId ?? []);
}

function settings(lab: {
  readonly home: string;
  readonly dagFolder: string;
  readonly workerLogs: number;
  readonly triggererLogs: number;
}): Record<string, string> {
  const { home, dagFolder, workerLogs, triggererLogs } = lab;
  return {
    AIRFLOW_HOME: join(home, "airflow"),
    AIRFLOW__CORE__DAGS_FOLDER: dagFolder,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__PARALLELISM: "2",
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER: join(home, "logs"),
    AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(workerLogs),
    AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(triggererLogs),
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    AIRFLOW_CONN_PW_FILES: '{"conn_type":"fs"}',
    PYTHONUNBUFFERED: "1",
    PYTHONPYCACHEPREFIX: join(home, "pycache"),
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}

async function untilHealthy(baseUrl: string, generation: Generation, keeper: ChildProcess): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await isHealthy(baseUrl, generation))) {
    if (keeper.exitCode !== null || keeper.signalCode !== null) throw new Error("one of its processes ended");
    if (Date.now() > deadline) throw new Error("not healthy within five minutes");
    await pause(1000);
  }
}

async function isHealthy(baseUrl: string, { health: { path, parts } }: Generation): Promise<boolean> {
  try {
    const health = (await (await fetch(`${baseUrl}${path}`)).json()) as Record<string, { status?: string }>;
    return parts.every((part) => health[part]?.status === "healthy");
  } catch {
    return false;
  }
}
