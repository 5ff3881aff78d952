import type { Human } from "../core/identity.js";
import type { ReadingRule } from "../core/reading.js";
import type { Policy, Rule } from "../core/remediation/rule.js";
import type { Runbook } from "../core/runbook.js";

/** The frozen configuration every room receives its part of; only env.ts and file.ts read the outside to build it. */

/** A secret that may live in a file; `read` is called again after a 401, so that a rotated file is picked up. */
export interface Secret {
  /** The setting it came from, for messages: `AIRFLOW_TOKEN`. */
  readonly name: string;
  read(): string;
}

export type AirflowAuth =
  | { readonly kind: "bearer"; readonly token: Secret }
  /** A name and password with each request, whatever Airflow it is. */
  | { readonly kind: "basic"; readonly username: string; readonly password: Secret }
  /** Airflow 3: POST /auth/token, refreshed before `exp`. Airflow 2: basic auth. */
  | { readonly kind: "airflow-login"; readonly username: string; readonly password: Secret }
  /** A command line that prints a token. */
  | { readonly kind: "command"; readonly command: readonly string[] };

export interface AirflowConnectionConfig {
  /** `airflow:prod`. */
  readonly name: string;
  readonly baseUrl: string;
  readonly read: AirflowAuth;
  readonly write: AirflowAuth | null;
  /** What its owner calls it: `prod`, `staging`; rules of the policy may name it. */
  readonly environment?: string;
  /** The Databricks connection its operators use, when it is not the only one. */
  readonly databricks: string | null;
}

export type DatabricksAuth =
  | { readonly kind: "bearer"; readonly token: Secret }
  | { readonly kind: "oauth-m2m"; readonly clientId: string; readonly clientSecret: Secret }
  | { readonly kind: "command"; readonly command: readonly string[] };

export interface DatabricksConnectionConfig {
  /** `databricks:eu`. */
  readonly name: string;
  /** Origin with scheme, e.g. `https://adb-1.2.azuredatabricks.net`. */
  readonly host: string;
  readonly read: DatabricksAuth;
  readonly write: DatabricksAuth | null;
  readonly environment?: string;
}

export interface SlackConfig {
  readonly botToken: Secret;
  /** HTTP mode when set … */
  readonly signingSecret: Secret | null;
  /** … Socket Mode when set. Both may not be. */
  readonly appToken: Secret | null;
  readonly channel: string;
  /** Default `https://slack.com/api/`. */
  readonly apiUrl: string;
}

/** Sign-in to the console by OpenID Connect. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Only people with a verified address of these domains may sign in; empty: whomever the provider lets in. */
  readonly domains: readonly string[];
  /** The address people open the console at, where a proxy stands before it. */
  readonly consoleUrl: string | null;
}

/** The policy as the YAML states it; core decides by it. */
export type PolicyRule = Rule;
export type PolicyConfig = Policy;

/** How long what people and logs said is kept, and what of it is shown. */
export interface PrivacyConfig {
  /** Values in quoted error details (`Key (email)=(…)`) are hidden from chat and model. */
  readonly maskValues: boolean;
  readonly evidenceDays: number;
  readonly incidentDays: number;
  readonly auditDays: number;
}

/** Somebody's key to MCP over HTTP; it reads what its person may read. */
export interface McpToken {
  readonly name: string;
  readonly person: string;
  readonly secret: Secret;
  readonly mayPropose: boolean;
}

export interface McpConfig {
  /** Empty: nothing is served over HTTP. */
  readonly tokens: readonly McpToken[];
  /** Names beside loopback under which the endpoint may be asked, and origins whose pages may ask it. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  /** `search`: a client is shown how to find tools instead of all of them. */
  readonly toolList: "full" | "search";
  readonly stdioMayPropose: boolean;
}

/** Answers by Claude, beside the rules. */
export interface ClaudeConfig {
  readonly apiKey: Secret;
  readonly baseUrl: string;
  readonly model: string;
  readonly budget: {
    readonly mostTurns: number;
    readonly mostInputTokens: number;
    readonly mostSeconds: number;
    readonly mostUsd: number;
    readonly usdPerMillionInput: number;
    readonly usdPerMillionOutput: number;
  };
  readonly mostUsdPerDay: number;
  /** Connections of which nothing leaves for the model. */
  readonly notFor: readonly string[];
}

export interface Config {
  readonly mode: "sandbox" | "real";
  readonly host: string;
  readonly port: number;
  readonly consolePort: number;
  readonly dataDir: string;
  /** The address of a PostgreSQL that holds the rows for several replicas; null: the data folder holds them. */
  readonly database: Secret | null;
  readonly publicUrl: string | null;
  readonly pollSeconds: number;
  readonly logLevel: string;
  readonly airflow: readonly AirflowConnectionConfig[];
  readonly databricks: readonly DatabricksConnectionConfig[];
  readonly slack: SlackConfig | null;
  readonly oidc: OidcConfig | null;
  readonly policy: PolicyConfig;
  /** Named lists of people's ids, for `group:name` wherever people are named. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Which ids are one human. */
  readonly people: readonly Human[];
  /** Domains whose verified e-mail addresses make ids one human; empty: addresses are not compared. */
  readonly emailDomains: readonly string[];
  /** Who may read what; empty: every member of the workspace, in every channel the bot is in. */
  readonly reading: readonly ReadingRule[];
  readonly mcp: McpConfig;
  /** null: rules answer alone. */
  readonly claude: ClaudeConfig | null;
  readonly privacy: PrivacyConfig;
  /** The team's own notes, quoted in threads that they fit. */
  readonly runbooks: readonly Runbook[];
  /** The key of the audit chain; null: one is made in the data folder. */
  readonly auditKey: Secret | null;
  /** DAG glob to owner, e.g. `orders_*` to `@data-sales`. */
  readonly owners: readonly { readonly dag: string; readonly owner: string }[];
  /** What is not configured, in words, for the start message and doctor. */
  readonly notes: readonly string[];
  /** HTTPS_PROXY for outgoing requests, or null. */
  readonly proxy: string | null;
}
