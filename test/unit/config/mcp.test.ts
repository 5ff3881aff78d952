import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configuredSecrets } from "../../../src/compose/secrets.js";
import { loadConfig } from "../../../src/config/load.js";
import { joinIdentities } from "../../../src/core/identity.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-mcp-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const anaToken = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const benToken = "00112233445566778899aabbccddeeff";

function load(text: string, more: Record<string, string> = {}) {
  const path = join(folder, "pipewright.yaml");
  writeFileSync(path, text);
  const values = { PIPEWRIGHT_CONFIG: path, PIPEWRIGHT_DATA_DIR: folder, ANA: anaToken, BEN: benToken, ...more };
  return loadConfig(values);
}

const two = `
people: [{ name: Ana, ids: [slack:U02ANA, cli:ana] }]
mcp:
  tokens:
    - { name: ana-laptop, person: slack:U02ANA, token_env: ANA, propose: true }
    - { name: ana, person: slack:U09EVE, token_env: BEN }
`;

describe("tokens for MCP over HTTP", () => {
  it("only read unless they say otherwise, and none is shown anywhere", () => {
    const config = load(two);
    expect(config.mcp.tokens.map(({ name, mayPropose }) => [name, mayPropose])).toEqual([
      ["ana-laptop", true],
      ["ana", false],
    ]);
    expect(configuredSecrets(config)).toEqual(expect.arrayContaining([anaToken, benToken]));
  });

  it("act for their person: who asks by one is that human, whatever it is called", () => {
    const identityOf = joinIdentities(load(two).people);
    expect(identityOf("mcp:token/ana-laptop")).toBe(identityOf("slack:U02ANA"));
    expect(identityOf("mcp:token/ana")).toBe(identityOf("slack:U09EVE"));
    expect(identityOf("mcp:token/ana")).not.toBe(identityOf("mcp:ana"));
    expect(identityOf("mcp:ana")).toBe(identityOf("slack:U02ANA"));
  });

  it.each([
    ["mcp: { tokens: [{ name: a, person: slack:U1 }] }", "token_env"],
    ["mcp: { tokens: [{ name: a, person: slack:U1, token_env: SHORT }] }", "openssl rand -hex 32"],
    [
      "mcp: { tokens: [{ name: a, person: slack:U1, token_env: ANA }, { name: a, person: slack:U2, token_env: BEN }] }",
      "one name",
    ],
    [
      "mcp: { tokens: [{ name: a, person: slack:U1, token_env: ANA }, { name: b, person: slack:U2, token_env: ANA }] }",
      "one secret",
    ],
    ["mcp: { tokens: [{ name: a, person: mcp:ben, token_env: ANA }] }", "slack:U02BOB"],
    ["mcp: { origins: ['https://ide.example.com/path'] }", "https://ide.example.com"],
    ["mcp: { hosts: ['pipewright.example.com:443'] }", "without port"],
  ])("%s stops the start with the fix", (text, fix) => {
    expect(() => load(text, { SHORT: "short" })).toThrow(fix);
  });
});

it("lets stdio propose unless it is switched off, and shows all tools unless asked", () => {
  expect(load("").mcp).toMatchObject({ stdioMayPropose: true, toolList: "full", tokens: [] });
  expect(load("", { PIPEWRIGHT_MCP_PROPOSE: "0", PIPEWRIGHT_MCP_TOOLS: "search" }).mcp).toMatchObject({
    stdioMayPropose: false,
    toolList: "search",
  });
  expect(() => load("", { PIPEWRIGHT_MCP_TOOLS: "none" })).toThrow("PIPEWRIGHT_MCP_TOOLS");
});
