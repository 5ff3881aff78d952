import { dirname, join, resolve } from "node:path";
import envPaths from "env-paths";
import { ConfigError } from "../core/errors.js";
import { type Human, sharedIds } from "../core/identity.js";
import { claudeConfig } from "./claude.js";
import type {
  AirflowConnectionConfig,
  Config,
  DatabricksConnectionConfig,
  OidcConfig,
  PrivacyConfig,
  Secret,
  SlackConfig,
} from "./config.js";
import { checkConnectionPatterns } from "./connection-patterns.js";
import { airflowConnections, databricksConnections } from "./connections.js";
import { Environment } from "./env.js";
import { type ConfigFile, readConfigFile } from "./file.js";
import { mcpConfig, withTokens } from "./mcp.js";
import { policyConfig } from "./policy.js";
import { readingRules } from "./reading.js";
import { readRunbooks } from "./runbooks.js";
import { signInConfig } from "./sign-in.js";

const emptyFile: ConfigFile = { airflow: [], databricks: [], groups: {}, people: [], reading: [], owners: [] };
const shortestAuditKey = 32;

/** Reads the environment and the YAML file once; throws one ConfigError that names every wrong or missing value with its fix. */
export function loadConfig(values: Readonly<Record<string, string | undefined>>): Config {
  const env = new Environment(values);
  const configPath = env.text("PIPEWRIGHT_CONFIG");
  const file = configPath === null ? emptyFile : readConfigFile(configPath);

  const airflow = airflowConnections(env, file);
  const databricks = databricksConnections(env, file);
  const slack = slackConfig(env);
  const oidc = signInConfig(env, file);
  const mcp = mcpConfig(env, file.mcp);
  const forced = env.flag("PIPEWRIGHT_SANDBOX");
  const mode = forced || (airflow.length === 0 && databricks.length === 0 && slack === null) ? "sandbox" : "real";
  checkNames(env, airflow, databricks);
  // The simulated world has connections of its own.
  const names = [...airflow, ...databricks].map(({ name }) => name);
  if (mode === "real") checkConnectionPatterns(env, file, names);

  const baseDir = env.text("PIPEWRIGHT_DATA_DIR") ?? envPaths("pipewright", { suffix: "" }).data;
  const config: Config = {
    mode,
    host: env.text("HOST") ?? "127.0.0.1",
    port: env.integer("PORT", 3978, 0, 65_535),
    consolePort: env.integer("PIPEWRIGHT_CONSOLE_PORT", 3979, 0, 65_535),
    // Simulated rows never mix with real ones.
    dataDir: mode === "sandbox" ? join(resolve(baseDir), "sandbox") : resolve(baseDir),
    // The simulated world stands in the folder, so its rows do too.
    database: mode === "sandbox" ? null : databaseUrl(env),
    publicUrl: env.url("PIPEWRIGHT_PUBLIC_URL"),
    // The simulated servers stand on this machine: whoever tries the sandbox need not wait for a failure to be seen.
    pollSeconds: env.integer("PIPEWRIGHT_POLL_SECONDS", mode === "sandbox" ? 2 : 30, 1, 3_600),
    logLevel: env.oneOf("LOG_LEVEL", "info", ["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    airflow: mode === "sandbox" ? [] : airflow,
    databricks: mode === "sandbox" ? [] : databricks,
    slack,
    oidc,
    policy: policyConfig(env, file, { mode, canSignIn: oidc !== null }, [...airflow, ...databricks]),
    groups: file.groups,
    people: withTokens(humans(env, file), mcp.tokens),
    mcp,
    reading: readingRules(env, file),
    emailDomains: file.identity?.match_email === true ? file.identity.domains : [],
    claude: claudeConfig(env, file.claude),
    privacy: privacyConfig(file),
    runbooks: readRunbooks(file.runbooks, dirname(configPath ?? "."), (message, fix) =>
      env.problem("runbooks", message, fix),
    ),
    auditKey: auditKey(env),
    owners: file.owners,
    notes: notes(env, mode, { airflow, databricks, slack, oidc }),
    proxy: env.proxy("HTTPS_PROXY"),
  };
  if (env.problems.length > 0) {
    throw new ConfigError(
      env.problems.map((problem) => `${problem.message} ${problem.fix}`).join("\n"),
      "Nothing was started. Every setting is explained in .env.example.",
    );
  }
  return Object.freeze(config);
}

function databaseUrl(env: Environment): Secret | null {
  const secret = env.secret("DATABASE_URL");
  if (secret === null || /^postgres(ql)?:\/\/\S+$/.test(secret.read())) return secret;
  env.problem(
    secret.name,
    `${secret.name} is not the address of a PostgreSQL database.`,
    "Write it like postgres://user:password@host:5432/pipewright.",
  );
  return null;
}

function privacyConfig({ privacy }: ConfigFile): PrivacyConfig {
  return {
    maskValues: privacy?.mask_values ?? true,
    evidenceDays: privacy?.keep_evidence_days ?? 30,
    incidentDays: privacy?.keep_incidents_days ?? 400,
    // Seven years, as most books must be kept.
    auditDays: privacy?.keep_audit_days ?? 2_557,
  };
}

function auditKey(env: Environment): Secret | null {
  const key = env.secret("PIPEWRIGHT_AUDIT_KEY");
  if (key !== null && env.problems.length === 0 && key.read().length < shortestAuditKey) {
    env.problem(
      "PIPEWRIGHT_AUDIT_KEY",
      `PIPEWRIGHT_AUDIT_KEY is shorter than ${shortestAuditKey} characters.`,
      "Set it to 64 random hexadecimal digits, like `openssl rand -hex 32` prints.",
    );
  }
  return key;
}

function slackConfig(env: Environment): SlackConfig | null {
  const botToken = env.secret("SLACK_BOT_TOKEN");
  const signingSecret = env.secret("SLACK_SIGNING_SECRET");
  const appToken = env.secret("SLACK_APP_TOKEN");
  const channel = env.text("SLACK_CHANNEL");
  const apiUrl = env.url("SLACK_API_URL");
  if (botToken === null) {
    if (signingSecret !== null || appToken !== null || channel !== null) {
      env.problem(
        "SLACK_BOT_TOKEN",
        "SLACK_BOT_TOKEN is missing, but other Slack settings are present.",
        "Copy it from the app's page, OAuth & Permissions.",
      );
    }
    return null;
  }
  if (signingSecret === null && appToken === null) {
    env.problem(
      "SLACK_SIGNING_SECRET",
      "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both missing.",
      "Set the first for HTTP, or the second for Socket Mode.",
    );
  }
  if (channel === null) {
    env.problem(
      "SLACK_CHANNEL",
      "SLACK_CHANNEL is missing.",
      "Set it to the id of the channel for incidents, like C0123ABCD.",
    );
    return null;
  }
  // With both set, Socket Mode wins: it needs no public address.
  return {
    botToken,
    signingSecret: appToken === null ? signingSecret : null,
    appToken,
    channel,
    apiUrl: apiUrl === null ? "https://slack.com/api/" : `${apiUrl}/`,
  };
}

function humans(env: Environment, file: ConfigFile): readonly Human[] {
  for (const id of sharedIds(file.people)) {
    env.problem(
      "people",
      `${id} stands under two people of PIPEWRIGHT_CONFIG.`,
      "Leave it with the one it belongs to.",
    );
  }
  return file.people;
}

function checkNames(
  env: Environment,
  airflow: readonly AirflowConnectionConfig[],
  databricks: readonly DatabricksConnectionConfig[],
): void {
  const names = [...airflow, ...databricks].map((connection) => connection.name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    env.problem(name, `Two connections are called ${name}.`, "Give each its own name.");
  }
  for (const connection of airflow) {
    if (connection.databricks !== null && !names.includes(connection.databricks)) {
      env.problem(
        connection.name,
        `${connection.name} names ${connection.databricks}, which is not configured.`,
        "Add it under databricks, or mend the name.",
      );
    }
  }
  for (const name of env.unknownNames()) {
    env.problem(
      name,
      `${name} is not a setting of Pipewright.`,
      "Look for a typing mistake; .env.example has every name.",
    );
  }
}

function notes(
  env: Environment,
  mode: Config["mode"],
  parts: {
    readonly airflow: readonly AirflowConnectionConfig[];
    readonly databricks: readonly DatabricksConnectionConfig[];
    readonly slack: SlackConfig | null;
    readonly oidc: OidcConfig | null;
  },
): string[] {
  const lines = env
    .tooEarly()
    .map(({ name, feature }) => `${name} is set, but ${feature} is not in this version; it is ignored.`);
  if (mode === "sandbox") {
    if (env.text("DATABASE_URL") !== null || env.text("DATABASE_URL_FILE") !== null)
      lines.push("The sandbox keeps its rows in the data folder; DATABASE_URL is not used.");
    if (parts.airflow.length + parts.databricks.length > 0)
      lines.push("PIPEWRIGHT_SANDBOX=1: the configured Airflow and Databricks are not used.");
    return lines;
  }
  if (parts.airflow.length === 0) lines.push("No Airflow is configured (AIRFLOW_BASE_URL).");
  if (parts.databricks.length === 0)
    lines.push("No Databricks is configured (DATABRICKS_HOST): its runs can't be read.");
  if (parts.slack === null) lines.push("No Slack is configured (SLACK_BOT_TOKEN): incidents show in the console only.");
  const unusable =
    parts.oidc !== null
      ? []
      : (env.text("PIPEWRIGHT_APPROVERS") ?? "").split(",").filter((id) => id.trim().startsWith("console:"));
  if (unusable.length > 0) {
    lines.push(
      `${unusable.map((id) => id.trim()).join(", ")} can't approve: nobody signs in to the console (PIPEWRIGHT_OIDC_ISSUER).`,
    );
  }
  if (env.secret("PIPEWRIGHT_AUDIT_KEY") === null)
    lines.push("PIPEWRIGHT_AUDIT_KEY is not set: the audit's key lies beside the audit, in the data folder.");
  for (const connection of [...parts.airflow, ...parts.databricks]) {
    if (connection.write === null) lines.push(`${connection.name} has no write credentials: it is diagnosed only.`);
  }
  return lines;
}
