import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.js";
import { settings } from "../../../src/config/settings.js";
import { ConfigError } from "../../../src/core/errors.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const real = { AIRFLOW_BASE_URL: "https://airflow.example.com/", AIRFLOW_TOKEN: "reader-token" };

function problemsOf(values: Record<string, string>): string {
  try {
    loadConfig(values);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

function yaml(text: string): string {
  const path = join(folder, "pipewright.yaml");
  writeFileSync(path, text);
  return path;
}

describe("a newcomer with nothing configured", () => {
  it("gets the sandbox, its own data folder and its own approvers", () => {
    const config = loadConfig({ PIPEWRIGHT_DATA_DIR: folder });
    expect(config.mode).toBe("sandbox");
    expect(config.dataDir).toBe(join(folder, "sandbox"));
    expect(config.policy.approvers).toEqual(["console:ben", "console:cleo"]);
    expect([config.port, config.consolePort, config.pollSeconds]).toEqual([3978, 3979, 2]);
  });
});

describe("a team with one Airflow", () => {
  it("reads with one credential and says that it can only diagnose", () => {
    const config = loadConfig({ ...real, PIPEWRIGHT_DATA_DIR: folder });
    expect(config.mode).toBe("real");
    expect(config.airflow[0]).toMatchObject({
      name: "airflow:default",
      baseUrl: "https://airflow.example.com",
      write: null,
    });
    expect(config.notes.join(" ")).toContain("airflow:default has no write credentials");
    expect(config.policy.approvers).toEqual([]);
  });

  it("keeps the simulated systems apart when the sandbox is asked for", () => {
    const config = loadConfig({ ...real, PIPEWRIGHT_SANDBOX: "1", PIPEWRIGHT_DATA_DIR: folder });
    expect([config.mode, config.airflow.length]).toEqual(["sandbox", 0]);
    expect(config.notes.join(" ")).toContain("not used");
  });

  it("reads a secret from its file again, so that a rotated one is used", () => {
    const path = join(folder, "token");
    writeFileSync(path, "first\n");
    const config = loadConfig({ AIRFLOW_BASE_URL: "https://a.example.com", AIRFLOW_TOKEN_FILE: path });
    const auth = config.airflow[0]?.read;
    if (auth?.kind !== "bearer") throw new Error("expected a bearer token");
    expect(auth.token.read()).toBe("first");
    writeFileSync(path, "second\n");
    expect(auth.token.read()).toBe("second");
  });

  it("does not let a console person approve while nobody can sign in", () => {
    const config = loadConfig({ ...real, PIPEWRIGHT_APPROVERS: "console:ben,slack:U02BOB" });
    expect(config.policy.approvers).toEqual(["slack:U02BOB"]);
    expect(config.notes.join(" ")).toContain("console:ben");
  });
});

describe("wrong values stop the start with their name and the fix", () => {
  it.each([
    [{ PORT: "eighty" }, "PORT", "3978"],
    [{ PORT: "70000" }, "PORT", "65535"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL", "info"],
    [{ PIPEWRIGHT_SANDBOX: "yes" }, "PIPEWRIGHT_SANDBOX", "1"],
    [{ AIRFLOW_BASE_URL: "airflow.example.com" }, "AIRFLOW_BASE_URL", "https://"],
    [{ AIRFLOW_BASE_URL: "https://u:p@airflow.example.com", AIRFLOW_TOKEN: "t" }, "AIRFLOW_BASE_URL", "without user"],
    [{ AIRFLOW_BASE_URL: "https://a.example.com" }, "AIRFLOW_TOKEN", "AIRFLOW_USERNAME"],
    [{ AIRFLOW_TOKEN: "t" }, "AIRFLOW_BASE_URL is missing", ".env.example"],
    [{ AIRFLOW_BASE_URL: "https://a.example.com", AIRFLOW_USERNAME: "u" }, "AIRFLOW_PASSWORD is missing", "both"],
    [{ DATABRICKS_HOST: "dbc.example.com" }, "DATABRICKS_TOKEN", "DATABRICKS_CLIENT_ID"],
    [{ HTTPS_PROXY: "proxy.corp:3128" }, "HTTPS_PROXY", "http://proxy"],
    [{ SLACK_BOT_TOKEN: "xoxb" }, "SLACK_CHANNEL is missing", "C0123ABCD"],
    [{ SLACK_CHANNEL: "C1" }, "SLACK_BOT_TOKEN is missing", "OAuth"],
    [{ PIPEWRIGHT_APPROVERS: "bob" }, "PIPEWRIGHT_APPROVERS", "slack:U02BOB"],
    [{ PIPEWRIGHT_POLL_SECOND: "5" }, "PIPEWRIGHT_POLL_SECOND", "typing mistake"],
    [{ AIRFLOW_BASE_URL: "https://a.example.com", AIRFLOW_TOKEN_FILE: "/nowhere/token" }, "AIRFLOW_TOKEN_FILE", "path"],
  ] as [Record<string, string>, string, string][])("%j", (values, name, fix) => {
    const message = problemsOf(values);
    expect(message).toContain(name);
    expect(message).toContain(fix);
  });

  it("names all of them at once", () => {
    const message = problemsOf({ PORT: "x", LOG_LEVEL: "y" });
    expect(message).toContain("PORT");
    expect(message).toContain("LOG_LEVEL");
  });

  it("never repeats a secret", () => {
    expect(problemsOf({ AIRFLOW_TOKEN: "hunter2-secret", PORT: "x" })).not.toContain("hunter2");
  });
});

describe("the YAML file", () => {
  it("adds connections with secrets from the environment, and policy rules", () => {
    const config = loadConfig({
      PIPEWRIGHT_CONFIG: join("manifests", "pipewright.example.yaml"),
      AIRFLOW_PROD_PASSWORD: "pw",
      DATABRICKS_EU_SECRET: "s",
      CONSOLE_CLIENT_SECRET: "c",
      MCP_ANA: "0123456789abcdef0123456789abcdef",
      ...exampleFiles(),
    });
    expect(config.airflow.map((connection) => [connection.name, connection.databricks])).toEqual([
      ["airflow:prod", "databricks:eu"],
    ]);
    expect(config.databricks[0]?.write).toEqual({
      kind: "command",
      command: ["vault", "read", "-field=token", "databricks/eu"],
    });
    expect(config.policy.rules.find((rule) => rule.dag === "ledger_close")?.allowed).toBe(false);
    expect(config.owners).toEqual([{ dag: "orders_*", owner: "@data-sales" }]);
  });

  it("names the place of a mistake and the example to compare with", () => {
    const path = yaml("policy:\n  rules:\n    - dag: x\n      max_rerun: 1\n");
    expect(problemsOf({ PIPEWRIGHT_CONFIG: path })).toContain("policy.rules.0");
  });

  it("says which line is not YAML", () => {
    expect(problemsOf({ PIPEWRIGHT_CONFIG: yaml("airflow: [") })).toMatch(/not valid YAML.*line 1/);
  });

  it("changes the policy's version when a rule changes, and only then", () => {
    const one = yaml("policy: { approvers: ['slack:U1'], rules: [{ dag: a, max_reruns: 1 }] }");
    const first = loadConfig({ ...real, PIPEWRIGHT_CONFIG: one }).policy.version;
    expect(loadConfig({ ...real, PIPEWRIGHT_CONFIG: one }).policy.version).toBe(first);
    const other = yaml("policy: { approvers: ['slack:U1'], rules: [{ dag: a, max_reruns: 2 }] }");
    expect(loadConfig({ ...real, PIPEWRIGHT_CONFIG: other }).policy.version).not.toBe(first);
  });

  /** The example names a file for the write token; here it stands in the test's folder. */
  function exampleFiles(): Record<string, string> {
    const token = join(folder, "write-token");
    writeFileSync(token, "w");
    const text = readFileSync(join("manifests", "pipewright.example.yaml"), "utf8").replace(
      "/run/secrets/airflow-prod-write",
      token,
    );
    return { PIPEWRIGHT_CONFIG: yaml(text) };
  }
});

describe(".env.example", () => {
  it("explains exactly the settings the code knows", () => {
    const text = readFileSync(".env.example", "utf8");
    const offered = [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect(offered).toEqual(settings.filter((setting) => setting.later === null).map((setting) => setting.name));
    for (const setting of settings.filter((candidate) => candidate.later !== null))
      expect(text).toContain(setting.name);
  });

  it("is answered with a note, not with silence, where a feature comes later", () => {
    const config = loadConfig({ ...real, JIRA_API_TOKEN: "k" });
    expect(config.notes.join(" ")).toContain("JIRA_API_TOKEN is set, but tickets is not in this version");
  });
});
