/**
 * Every environment variable Pipewright knows, in the order of `.env.example` (a test compares the two).
 * `later` marks names of the contract whose feature is not in this version: setting one is answered with a note, never silently.
 */
export interface Setting {
  readonly name: string;
  readonly secret: boolean;
  readonly later: string | null;
}

const plain = (name: string): Setting => ({ name, secret: false, later: null });
const secret = (name: string): Setting => ({ name, secret: true, later: null });
const later = (name: string, feature: string): Setting => ({ name, secret: false, later: feature });

export const settings: readonly Setting[] = [
  plain("PORT"),
  plain("PIPEWRIGHT_CONSOLE_PORT"),
  plain("HOST"),
  plain("PIPEWRIGHT_CONFIG"),
  plain("PIPEWRIGHT_DATA_DIR"),
  secret("DATABASE_URL"),
  plain("PIPEWRIGHT_SANDBOX"),
  plain("PIPEWRIGHT_PUBLIC_URL"),
  plain("PIPEWRIGHT_POLL_SECONDS"),
  plain("LOG_LEVEL"),
  plain("PIPEWRIGHT_APPROVERS"),
  plain("PIPEWRIGHT_OIDC_ISSUER"),
  plain("PIPEWRIGHT_OIDC_CLIENT_ID"),
  secret("PIPEWRIGHT_OIDC_CLIENT_SECRET"),
  plain("PIPEWRIGHT_CONSOLE_URL"),
  secret("PIPEWRIGHT_AUDIT_KEY"),
  plain("AIRFLOW_BASE_URL"),
  secret("AIRFLOW_TOKEN"),
  plain("AIRFLOW_USERNAME"),
  secret("AIRFLOW_PASSWORD"),
  secret("AIRFLOW_WRITE_TOKEN"),
  plain("AIRFLOW_WRITE_USERNAME"),
  secret("AIRFLOW_WRITE_PASSWORD"),
  plain("DATABRICKS_HOST"),
  secret("DATABRICKS_TOKEN"),
  plain("DATABRICKS_CLIENT_ID"),
  secret("DATABRICKS_CLIENT_SECRET"),
  secret("DATABRICKS_WRITE_TOKEN"),
  plain("DATABRICKS_WRITE_CLIENT_ID"),
  secret("DATABRICKS_WRITE_CLIENT_SECRET"),
  secret("SLACK_BOT_TOKEN"),
  secret("SLACK_SIGNING_SECRET"),
  secret("SLACK_APP_TOKEN"),
  plain("SLACK_CHANNEL"),
  plain("SLACK_API_URL"),
  plain("HTTPS_PROXY"),
  plain("NODE_EXTRA_CA_CERTS"),
  later("PIPEWRIGHT_WEBHOOK_SECRET", "intake by webhooks"),
  later("DATABRICKS_WAREHOUSE_ID", "data-quality checks"),
  later("MICROSOFT_APP_ID", "Teams"),
  later("MICROSOFT_APP_PASSWORD", "Teams"),
  later("MICROSOFT_APP_TENANT_ID", "Teams"),
  later("MICROSOFT_APP_TYPE", "Teams"),
  later("TEAMS_CHANNEL", "Teams"),
  secret("ANTHROPIC_API_KEY"),
  plain("ANTHROPIC_BASE_URL"),
  plain("ANTHROPIC_MODEL"),
  plain("PIPEWRIGHT_MCP_TOOLS"),
  plain("PIPEWRIGHT_MCP_PROPOSE"),
  later("JIRA_BASE_URL", "tickets"),
  later("JIRA_EMAIL", "tickets"),
  later("JIRA_API_TOKEN", "tickets"),
  later("JIRA_PROJECT", "tickets"),
  later("SERVICENOW_BASE_URL", "tickets"),
  later("SERVICENOW_USERNAME", "tickets"),
  later("SERVICENOW_PASSWORD", "tickets"),
];
