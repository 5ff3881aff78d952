import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-people-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const real = { AIRFLOW_BASE_URL: "https://airflow.example.com", AIRFLOW_TOKEN: "reader-token" };
const provider = {
  PIPEWRIGHT_OIDC_ISSUER: "https://login.example.com/realms/data",
  PIPEWRIGHT_OIDC_CLIENT_ID: "pipewright",
  PIPEWRIGHT_OIDC_CLIENT_SECRET: "of-the-client",
};

function load(yaml: string, values: Readonly<Record<string, string>> = {}) {
  const path = join(folder, "pipewright.yaml");
  writeFileSync(path, yaml);
  return loadConfig({ ...real, PIPEWRIGHT_CONFIG: path, ...values });
}

describe("people of the YAML", () => {
  it("are humans with their ids; an id of two humans stops the start", () => {
    const ben = "{ name: Ben, ids: ['slack:U02BOB', 'console:ben@example.com', 'cli:ben'] }";
    expect(load(`people: [${ben}]`).people).toEqual([
      { name: "Ben", ids: ["slack:U02BOB", "console:ben@example.com", "cli:ben"] },
    ]);
    expect(() => load(`people: [${ben}, { name: Robert, ids: ['slack:U02BOB'] }]`)).toThrow(
      "slack:U02BOB stands under two people",
    );
    expect(() => load("people: [{ name: Ben, ids: ['mcp:ben'] }]")).toThrow("people.0.ids.0");
  });

  it("are joined by e-mail only where that is switched on, with the domains named", () => {
    expect(load("{}").emailDomains).toEqual([]);
    expect(load("identity: { match_email: false, domains: [example.com] }").emailDomains).toEqual([]);
    expect(load("identity: { match_email: true, domains: [Example.COM] }").emailDomains).toEqual(["example.com"]);
    expect(() => load("identity: { match_email: true }")).toThrow("name the domains");
  });
});

describe("reading rules of the YAML", () => {
  it("write groups out, and name channels or people", () => {
    const text =
      "groups: { audit: ['slack:U1', 'cli:ana'] }\nreading: [{ dag: 'finance_*', people: ['group:audit', 'slack:U1'] }]";
    expect(load(text).reading).toEqual([
      { connection: null, dag: "finance_*", channels: null, people: ["slack:U1", "cli:ana"] },
    ]);
    expect(load("{}").reading).toEqual([]);
    expect(() => load("reading: [{ dag: x }]")).toThrow("name channels, people, or both");
    expect(() => load("reading: [{ dag: x, people: [] }]")).toThrow("reading.0.people");
    expect(() => load("reading: [{ dag: x, people: ['group:nobody'] }]")).toThrow("no such group");
  });
});

describe("sign-in to the console", () => {
  it("makes console approvers count; without it they don't, and a note says so", () => {
    const approvers = { PIPEWRIGHT_APPROVERS: "slack:U1,console:ben@example.com" };
    const without = load("{}", approvers);
    expect([without.oidc, without.policy.approvers]).toEqual([null, ["slack:U1"]]);
    expect(without.notes.join(" ")).toContain("PIPEWRIGHT_OIDC_ISSUER");
    const config = load("{}", { ...approvers, ...provider });
    expect(config.policy.approvers).toEqual(["slack:U1", "console:ben@example.com"]);
    expect(config.oidc).toMatchObject({ issuer: provider.PIPEWRIGHT_OIDC_ISSUER, clientId: "pipewright", domains: [] });
    expect(config.oidc?.clientSecret.read()).toBe("of-the-client");
  });

  it("may stand in the YAML, with the secret elsewhere", () => {
    const text =
      "oidc: { issuer: 'https://login.example.com', client_id: c, client_secret_env: S, domains: [example.com], console_url: 'https://pw.example.com' }";
    expect(load(text, { S: "from-there" }).oidc).toMatchObject({
      domains: ["example.com"],
      consoleUrl: "https://pw.example.com",
    });
    expect(() => load(text)).toThrow("S is missing");
  });

  it.each([
    [{ PIPEWRIGHT_OIDC_CLIENT_ID: "" }, "PIPEWRIGHT_OIDC_CLIENT_ID is missing"],
    [{ PIPEWRIGHT_OIDC_CLIENT_SECRET: "" }, "PIPEWRIGHT_OIDC_CLIENT_SECRET is missing"],
    [{ PIPEWRIGHT_OIDC_ISSUER: "http://login.example.com" }, "with https"],
    [{ PIPEWRIGHT_OIDC_ISSUER: "login" }, "not the address of an issuer"],
    [{ PIPEWRIGHT_CONSOLE_URL: "pipewright" }, "PIPEWRIGHT_CONSOLE_URL"],
  ])("stops the start with %j", (values, words) => {
    expect(() => load("{}", { ...provider, ...values })).toThrow(words);
  });

  it.each([
    "https://accounts.google.com",
    "https://login.microsoftonline.com/common/v2.0",
    "https://login.microsoftonline.com/Organizations/v2.0",
    "https://login.microsoftonline.com/consumers/v2.0",
    "https://gitlab.com",
  ])("lets nobody in by %s, where anybody has an account, unless the domains are named", (issuer) => {
    const open = { ...provider, PIPEWRIGHT_OIDC_ISSUER: issuer };
    expect(() => load("{}", open)).toThrow("anybody can have an account");
    const text = `oidc: { issuer: '${issuer}', client_id: c, client_secret_env: S, domains: [example.com] }`;
    expect(load(text, { S: "from-there" }).oidc?.domains).toEqual(["example.com"]);
  });

  it.each([
    "https://login.microsoftonline.com/7a3c1f0e-52d8-4a6b-9a57-0a2f6f1f7c11/v2.0",
    "https://accounts.google.com.example.com",
    "https://gitlab.example.com",
  ])("takes %s, which is one organisation's own", (issuer) => {
    expect(load("{}", { ...provider, PIPEWRIGHT_OIDC_ISSUER: issuer }).oidc?.issuer).toBe(issuer);
  });

  it("trusts a provider without TLS on this machine only", () => {
    const local = { ...provider, PIPEWRIGHT_OIDC_ISSUER: "http://127.0.0.1:8080" };
    expect(load("{}", local).oidc?.issuer).toBe("http://127.0.0.1:8080");
  });
});
