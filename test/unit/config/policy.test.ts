import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../../src/config/config.js";
import { loadConfig } from "../../../src/config/load.js";
import { ConfigError } from "../../../src/core/errors.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-policy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secrets = { AIRFLOW_BASE_URL: "https://airflow.example.com", AIRFLOW_TOKEN: "reader", MINT_TOKEN: "mint-reader" };
const mint =
  "airflow:\n  - { name: mint, base_url: 'https://mint.example.com', environment: prod, read: { auth: bearer, token_env: MINT_TOKEN } }\n";

function load(text: string, env: Record<string, string> = {}): Config {
  const path = join(folder, "pipewright.yaml");
  writeFileSync(path, text);
  return loadConfig({ ...secrets, ...env, PIPEWRIGHT_CONFIG: path });
}

function mistake(text: string, env: Record<string, string> = {}): string {
  try {
    load(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

const ruleOf = (text: string) => load(`policy:\n  rules:\n    - ${text}\n`).policy.rules[0];
const mistakeIn = (text: string) => mistake(`policy:\n  rules:\n    - ${text}\n`);

describe("groups", () => {
  const groups = "groups:\n  bakers: [slack:UMAX, cli:max]\n  owners: [slack:UIDA]\n";

  it("stand for their people wherever approvers are named", () => {
    const { policy } = load(
      `${groups}policy:\n  approvers: [group:bakers, slack:UMAX]\n  break_glass: { people: [group:owners], announce: 'slack:CALARM' }\n  rules:\n    - { dag: oven, approvers: [group:owners, slack:UZOE] }\n`,
      { PIPEWRIGHT_APPROVERS: "group:owners" },
    );
    expect(policy.approvers).toEqual(["slack:UMAX", "cli:max", "slack:UIDA"]);
    expect(policy.rules[0]?.approvers).toEqual(["slack:UIDA", "slack:UZOE"]);
    expect(policy.breakGlass).toEqual({ people: ["slack:UIDA"], announce: "slack:CALARM", reviewHours: 24 });
  });

  it("that nobody wrote stop the start", () => {
    expect(mistake(`${groups}policy: { approvers: [group:backers] }\n`)).toContain(
      "group:backers is named as an approver, and there is no such group. Add it under groups.",
    );
    expect(mistake("groups: { Bakers: ['slack:U1'] }\n")).toContain("groups");
    expect(mistake("groups: { bakers: ['group:others'] }\n")).toContain("groups.bakers.0");
  });
});

describe("a rule", () => {
  it("names the environment of a connection, and only one that some connection has", () => {
    const { policy } = load(`${mint}policy:\n  rules:\n    - { environment: prod, quorum: 2 }\n`);
    expect(policy.labels).toEqual({ "airflow:mint": "prod" });
    expect(policy.rules[0]).toMatchObject({ environment: "prod", quorum: 2 });
    expect(ruleOf("{ environment: real }")?.environment).toBe("real");
    expect(mistakeIn("{ environment: production }")).toContain(
      "A rule names the environment production, and no connection has it.",
    );
  });

  it("names a connection by a pattern that fits one, or it would guard nothing", () => {
    expect(mistake(`${mint}policy:\n  rules:\n    - { connection: mint, allowed: false }\n`)).toContain(
      'policy names "mint", and no connection is called so. Mend the name; the connections are airflow:default, airflow:mint.',
    );
    expect(mistakeIn("{ connection: 'airflow:prdo*' }")).toContain('policy names "airflow:prdo*"');
    expect(mistake("reading:\n  - { connection: 'airflow:prdo', people: ['slack:UIDA'] }\n")).toContain(
      'reading names "airflow:prdo"',
    );
    expect(mistake("claude: { not_for: ['airflow:*', mint] }\n")).toContain('claude.not_for names "airflow:*"');
    const { policy } = load(
      `${mint}policy:\n  rules:\n    - { connection: 'airflow:m*' }\n    - { connection: 'databricks:*' }\n`,
    );
    expect(policy.rules.map(({ connection }) => connection)).toEqual(["airflow:m*", "databricks:*"]);
    expect(load("claude: { not_for: ['airflow:default'] }\n").mode).toBe("real");
  });

  it("is called by one name only", () => {
    expect(mistake("policy:\n  rules:\n    - { name: a, dag: x }\n    - { name: a, dag: y }\n")).toContain(
      "Two rules are called a.",
    );
  });

  it("changes the version with everything it can say", () => {
    const versions = [
      "{ dag: x }",
      "{ dag: x, tag: gold }",
      "{ dag: x, quorum: 2 }",
      "{ dag: x, freeze: [{ days: [fri], timezone: Europe/Berlin }] }",
      "{ dag: x, freeze: [{ days: [sat], timezone: Europe/Berlin }] }",
    ].map((text) => load(`policy:\n  rules:\n    - ${text}\n`).policy.version);
    expect(new Set(versions).size).toBe(5);
    const label = load(mint.replace("prod", "test")).policy.version;
    expect(load(mint).policy.version).not.toBe(label);
  });
});

describe("a freeze", () => {
  it("spells its days out and lasts whole days where no times are named", () => {
    expect(
      ruleOf(
        "{ freeze: [{ days: [fri-mon, 2026-12-24, 2026-12-30..2027-01-02], from: 18:00, timezone: Europe/Berlin, reason: month end }] }",
      )?.freeze,
    ).toEqual([
      {
        days: ["fri", "sat", "sun", "mon", "2026-12-24", "2026-12-30..2027-01-02"],
        from: "18:00",
        to: "24:00",
        timezone: "Europe/Berlin",
        until: null,
        reason: "month end",
      },
    ]);
    expect(ruleOf("{ freeze: [{ timezone: UTC, until: 2026-12-31 }] }")?.freeze?.[0]).toMatchObject({
      days: [],
      from: "00:00",
      to: "24:00",
      until: "2026-12-31",
    });
  });

  it.each([
    ["{ freeze: [{ days: [freitag], timezone: Europe/Berlin }] }", "write it like fri, mon-fri"],
    ["{ freeze: [{ days: [mon-tue-wed], timezone: Europe/Berlin }] }", "write it like fri, mon-fri"],
    ["{ freeze: [{ days: [2026-02-30], timezone: Europe/Berlin }] }", "write it like fri, mon-fri"],
    ["{ freeze: [{ days: [2027-01-02..2026-12-30], timezone: Europe/Berlin }] }", "write it like fri, mon-fri"],
    ["{ freeze: [{ from: 25:00, timezone: Europe/Berlin }] }", "write it like 18:00"],
    ["{ freeze: [{ timezone: Europe/Atlantis }] }", "write a time zone like Europe/Berlin"],
    ["{ freeze: [{ timezone: '+02:00' }] }", "write a time zone like Europe/Berlin"],
    ["{ freeze: [{ days: [fri] }] }", "policy.rules.0.freeze.0.timezone"],
  ])("refuses %s", (text, words) => {
    expect(mistakeIn(text)).toContain(words);
  });
});

describe("a standing approval", () => {
  const whole =
    "{ name: oven-503, category: network_transient, auto_allow: { steps: [airflow_clear], max_reruns: 1, approved_by: 'slack:UIDA', until: 2027-03-01 } }";

  it("names its case, its cap, who answers for it and until when", () => {
    expect(ruleOf(whole)).toMatchObject({
      name: "oven-503",
      autoAllow: {
        steps: ["airflow_clear"],
        maxReruns: 1,
        perHours: 24,
        approvedBy: "slack:UIDA",
        until: "2027-03-01T00:00:00.000Z",
      },
    });
    expect(ruleOf("{ auto_allow: false }")?.autoAllow).toBe(false);
  });

  it.each([
    ["name: oven-503, ", "needs a name"],
    ["category: network_transient, ", "names one category"],
    ["max_reruns: 1, ", "max_reruns"],
    [", until: 2027-03-01", "until"],
    ["approved_by: 'slack:UIDA', ", "approved_by"],
  ])("without %s is refused", (part, words) => {
    expect(mistakeIn(whole.replace(part, ""))).toContain(words);
  });

  it("can't be given by a group or without end", () => {
    expect(mistakeIn(whole.replace("slack:UIDA", "group:owners"))).toContain("approved_by");
    expect(mistakeIn(whole.replace("2027-03-01", "never"))).toContain("write it like 2027-03-01");
  });
});
