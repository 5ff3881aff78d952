import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What differs in running one of the two Airflows that are supported. */
export interface Generation {
  readonly name: string;
  readonly api: "v1" | "v2";
  readonly requirements: string;
  /** The programs it consists of. */
  readonly parts: readonly string[];
  readonly health: { readonly path: string; readonly parts: readonly string[] };
  /** Settings beside those that both know. */
  settings(home: string, port: number): Readonly<Record<string, string>>;
  /** Whatever must be there before it starts. */
  prepare(home: string, airflow: { readonly venv: string; readonly env: NodeJS.ProcessEnv }): Promise<void>;
}

/** `reader` may only look, `writer` may clear; the password is the name. */
const users = { admin: "admin", writer: "op", reader: "viewer" };

export const airflow3: Generation = {
  name: "Airflow 3.3",
  api: "v2",
  requirements: "requirements-3.txt",
  parts: ["api-server", "scheduler", "dag-processor", "triggerer"],
  health: { path: "/api/v2/monitor/health", parts: ["metadatabase", "scheduler", "dag_processor"] },
  settings(home, port) {
    const api = `http://127.0.0.1:${port}`;
    return {
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
      AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: "15",
    };
  },
  async prepare(home) {
    const passwords = Object.fromEntries(Object.keys(users).map((name) => [name, name]));
    writeFileSync(join(home, "passwords.json"), JSON.stringify(passwords));
  },
};

export const airflow2: Generation = {
  name: "Airflow 2.11",
  api: "v1",
  requirements: "requirements-2.txt",
  parts: ["webserver", "scheduler", "triggerer"],
  health: { path: "/api/v1/health", parts: ["metadatabase", "scheduler"] },
  settings(home, port) {
    return {
      // Airflow 2 wants its slow sequential executor on SQLite; a few tasks at once get on with it when they wait for the lock.
      _AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK: "1",
      AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `sqlite:///${home}/airflow.db?timeout=60`,
      AIRFLOW__API__AUTH_BACKENDS: "airflow.api.auth.backend.basic_auth",
      AIRFLOW__WEBSERVER__WEB_SERVER_HOST: "127.0.0.1",
      AIRFLOW__WEBSERVER__WEB_SERVER_PORT: String(port),
      AIRFLOW__WEBSERVER__BASE_URL: `http://127.0.0.1:${port}`,
      AIRFLOW__WEBSERVER__WORKERS: "2",
      AIRFLOW__WEBSERVER__SECRET_KEY: "live-tests-only-0123456789",
      AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL: "15",
      AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: "15",
    };
  },
  async prepare(_home, { venv, env }) {
    const script = join(import.meta.dirname, "users.py");
    await run(join(venv, "bin/python"), [script, JSON.stringify(users)], { env, maxBuffer: 64 * 1024 * 1024 });
  },
};
