import type { AirflowAuth, Config, DatabricksAuth, Secret } from "../config/config.js";

/** Every secret of the configuration, for the redactor: none of them may ever be shown, in whatever encoding. */
export function configuredSecrets(config: Config): readonly string[] {
  const auths: (AirflowAuth | DatabricksAuth | null)[] = [
    ...config.airflow.flatMap((connection) => [connection.read, connection.write]),
    ...config.databricks.flatMap((connection) => [connection.read, connection.write]),
  ];
  const slack = config.slack === null ? [] : [config.slack.botToken, config.slack.signingSecret, config.slack.appToken];
  const signIn = config.oidc === null ? [] : [config.oidc.clientSecret];
  const tokens = config.mcp.tokens.map(({ secret }) => secret);
  const secrets = [
    ...auths.map(secretOf),
    ...slack,
    ...signIn,
    ...tokens,
    config.auditKey,
    config.claude?.apiKey ?? null,
  ];
  const proxy = config.proxy === null ? "" : decodeURIComponent(new URL(config.proxy).password);
  const database = config.database === null ? "" : passwordOf(config.database.read());
  // Very short values would turn ordinary words into masks.
  return [...secrets.flatMap((secret) => (secret === null ? [] : [secret.read()])), proxy, database].filter(
    (value) => value.length >= 6,
  );
}

/** As it is sent to the server; empty where the address holds none. */
function passwordOf(address: string): string {
  if (!URL.canParse(address)) return "";
  const { password } = new URL(address);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

function secretOf(auth: AirflowAuth | DatabricksAuth | null): Secret | null {
  switch (auth?.kind) {
    case "bearer":
      return auth.token;
    case "basic":
    case "airflow-login":
      return auth.password;
    case "oauth-m2m":
      return auth.clientSecret;
    default:
      return null;
  }
}
