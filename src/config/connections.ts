import type {
  AirflowAuth,
  AirflowConnectionConfig,
  DatabricksAuth,
  DatabricksConnectionConfig,
  Secret,
} from "./config.js";
import { type Environment, parseHttpUrl } from "./env.js";
import type { AirflowAuthEntry, ConfigFile, DatabricksAuthEntry } from "./file.js";
import { fileSecret } from "./file-secret.js";

/** Connections of the environment, then those of the YAML file. */
export function airflowConnections(env: Environment, file: ConfigFile): AirflowConnectionConfig[] {
  const connections: AirflowConnectionConfig[] = [];
  const baseUrl = env.url("AIRFLOW_BASE_URL");
  const read = envAirflowAuth(env, "AIRFLOW_TOKEN", "AIRFLOW_USERNAME", "AIRFLOW_PASSWORD");
  const write = envAirflowAuth(env, "AIRFLOW_WRITE_TOKEN", "AIRFLOW_WRITE_USERNAME", "AIRFLOW_WRITE_PASSWORD");
  if (baseUrl !== null) {
    if (read === null) {
      env.problem(
        "AIRFLOW_TOKEN",
        "AIRFLOW_BASE_URL is set, but no credentials to read with.",
        "Set AIRFLOW_TOKEN, or AIRFLOW_USERNAME and AIRFLOW_PASSWORD.",
      );
    } else {
      connections.push({ name: "airflow:default", baseUrl, read, write, databricks: null });
    }
  } else if (read !== null || write !== null) {
    env.problem(
      "AIRFLOW_BASE_URL",
      "AIRFLOW_BASE_URL is missing, but Airflow credentials are set.",
      "Copy it from .env.example and fill in the address.",
    );
  }
  for (const [index, entry] of file.airflow.entries()) {
    const place = `airflow.${index} of PIPEWRIGHT_CONFIG`;
    const url = parseHttpUrl(entry.base_url);
    if (url === null)
      env.problem(place, `base_url of ${place} is not a web address.`, "Write it like https://airflow.example.com.");
    const readAuth = fileAirflowAuth(env, `${place}.read`, entry.read);
    const writeAuth = entry.write === undefined ? null : fileAirflowAuth(env, `${place}.write`, entry.write);
    if (url === null || readAuth === null) continue;
    connections.push({
      name: `airflow:${entry.name}`,
      baseUrl: url,
      read: readAuth,
      write: writeAuth,
      databricks: entry.databricks === undefined ? null : `databricks:${entry.databricks}`,
      ...(entry.environment === undefined ? {} : { environment: entry.environment }),
    });
  }
  return connections;
}

/** A token, or a name and its secret, which `pair` turns into the system's own way to sign in; half a pair is a problem. */
function envAuth<Pair>(
  env: Environment,
  tokenName: string,
  idName: string,
  secretName: string,
  pair: (id: string, secret: Secret) => Pair,
): { readonly kind: "bearer"; readonly token: Secret } | Pair | null {
  const token = env.secret(tokenName);
  const id = env.text(idName);
  const secret = env.secret(secretName);
  if (token !== null) return { kind: "bearer", token };
  if (id !== null && secret !== null) return pair(id, secret);
  if (id !== null)
    env.problem(secretName, `${secretName} is missing, but ${idName} is set.`, "Set both, or a token instead.");
  if (secret !== null)
    env.problem(idName, `${idName} is missing, but ${secretName} is set.`, "Set both, or a token instead.");
  return null;
}

function envAirflowAuth(
  env: Environment,
  tokenName: string,
  userName: string,
  passwordName: string,
): AirflowAuth | null {
  return envAuth<AirflowAuth>(env, tokenName, userName, passwordName, (username, password) => ({
    kind: "airflow-login",
    username,
    password,
  }));
}

function fileAirflowAuth(env: Environment, place: string, entry: AirflowAuthEntry): AirflowAuth | null {
  switch (entry.auth) {
    case "command":
      return { kind: "command", command: entry.command };
    case "bearer": {
      const token = fileSecret(env, place, "token", entry.token_env, entry.token_file);
      return token === null ? null : { kind: "bearer", token };
    }
    case "basic":
    case "airflow-login": {
      const password = fileSecret(env, place, "password", entry.password_env, entry.password_file);
      return password === null ? null : { kind: entry.auth, username: entry.username, password };
    }
  }
}

export function databricksConnections(env: Environment, file: ConfigFile): DatabricksConnectionConfig[] {
  const connections: DatabricksConnectionConfig[] = [];
  const host = env.url("DATABRICKS_HOST", { bareHost: true });
  const read = envDatabricksAuth(env, "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET");
  const write = envDatabricksAuth(
    env,
    "DATABRICKS_WRITE_TOKEN",
    "DATABRICKS_WRITE_CLIENT_ID",
    "DATABRICKS_WRITE_CLIENT_SECRET",
  );
  if (host !== null) {
    if (read === null) {
      env.problem(
        "DATABRICKS_TOKEN",
        "DATABRICKS_HOST is set, but no credentials to read with.",
        "Set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET.",
      );
    } else {
      connections.push({ name: "databricks:default", host, read, write });
    }
  } else if (read !== null || write !== null) {
    env.problem(
      "DATABRICKS_HOST",
      "DATABRICKS_HOST is missing, but Databricks credentials are set.",
      "Copy it from .env.example and fill in the workspace's address.",
    );
  }
  for (const [index, entry] of file.databricks.entries()) {
    const place = `databricks.${index} of PIPEWRIGHT_CONFIG`;
    const url = parseHttpUrl(entry.host.includes("://") ? entry.host : `https://${entry.host}`);
    if (url === null)
      env.problem(
        place,
        `host of ${place} is not a web address.`,
        "Write it like https://adb-1.2.azuredatabricks.net.",
      );
    const readAuth = fileDatabricksAuth(env, `${place}.read`, entry.read);
    const writeAuth = entry.write === undefined ? null : fileDatabricksAuth(env, `${place}.write`, entry.write);
    if (url === null || readAuth === null) continue;
    connections.push({
      name: `databricks:${entry.name}`,
      host: url,
      read: readAuth,
      write: writeAuth,
      ...(entry.environment === undefined ? {} : { environment: entry.environment }),
    });
  }
  return connections;
}

function envDatabricksAuth(
  env: Environment,
  tokenName: string,
  idName: string,
  secretName: string,
): DatabricksAuth | null {
  return envAuth<DatabricksAuth>(env, tokenName, idName, secretName, (clientId, clientSecret) => ({
    kind: "oauth-m2m",
    clientId,
    clientSecret,
  }));
}

function fileDatabricksAuth(env: Environment, place: string, entry: DatabricksAuthEntry): DatabricksAuth | null {
  switch (entry.auth) {
    case "command":
      return { kind: "command", command: entry.command };
    case "bearer": {
      const token = fileSecret(env, place, "token", entry.token_env, entry.token_file);
      return token === null ? null : { kind: "bearer", token };
    }
    case "oauth-m2m": {
      const clientSecret = fileSecret(env, place, "client_secret", entry.client_secret_env, entry.client_secret_file);
      return clientSecret === null ? null : { kind: "oauth-m2m", clientId: entry.client_id, clientSecret };
    }
  }
}
