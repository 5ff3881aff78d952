import { readFileSync } from "node:fs";
import { getMcpConfigForManifest, type McpbManifestAny } from "@anthropic-ai/mcpb/browser";
import { McpbManifestSchema } from "@anthropic-ai/mcpb/schemas/0.3";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { loadConfig } from "../../../src/config/load.js";
import { settings } from "../../../src/config/settings.js";
import { tools } from "../../../src/tools/index.js";

const snippet = z.object({
  mcpServers: z.object({
    pipewright: z.object({
      command: z.literal("node"),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
});
const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
const program = read("package.json") as { version: string; license: string; bin: { pipewright: string } };
const manifest = McpbManifestSchema.parse(read("manifests/claude-desktop/manifest.json"));
const asked = manifest.user_config ?? {};

/** What Claude Desktop starts once its user has filled in these. */
async function startedWith(filledIn: Record<string, string | boolean>) {
  const config = await getMcpConfigForManifest({
    manifest: manifest as McpbManifestAny,
    extensionPath: "/extensions/pipewright",
    systemDirs: {},
    userConfig: filledIn,
    pathSeparator: "/",
  });
  if (config === undefined) throw new Error("it starts nothing");
  return config;
}

it("the snippet for Claude Desktop starts the program that the build makes, with settings that exist", () => {
  const { args, env } = snippet.parse(read("manifests/claude-desktop/claude_desktop_config.json")).mcpServers
    .pipewright;
  expect(args[0]?.endsWith(`/${program.bin.pipewright}`)).toBe(true);
  expect(args.slice(1)).toEqual(["mcp"]);
  const known = settings.map(({ name }) => name);
  for (const name of Object.keys(env)) expect(known).toContain(name);
});

describe("the manifest of the bundle for Claude Desktop", () => {
  it("names every tool as the catalogue does, and the program's version and file", () => {
    expect(manifest.tools).toEqual(tools.map(({ name, title }) => ({ name, description: title })));
    expect([manifest.version, manifest.license]).toEqual([program.version, program.license]);
    expect(manifest.server.entry_point).toBe(program.bin.pipewright);
  });

  it("asks for settings that exist, hides the secret ones, and asks for nothing that it does not use", () => {
    const env = Object.entries(manifest.server.mcp_config.env ?? {});
    const options = env.map(([name, value]) => {
      const [, option = ""] = /^\$\{user_config\.(\w+)\}$/.exec(value) ?? [];
      const setting = settings.find((one) => one.name === name);
      expect(asked[option]?.sensitive ?? false, `${name}: hidden while it is typed, and kept safe`).toBe(
        setting?.secret,
      );
      return option;
    });
    expect(options.toSorted()).toEqual(Object.keys(asked).toSorted());
    expect(env.filter(([name]) => name.includes("WRITE"))).toEqual([]);
  });

  it("starts with nothing filled in, and shows the simulated company", async () => {
    const { command, args, env = {} } = await startedWith({});
    expect([command, args]).toEqual(["node", ["/extensions/pipewright/dist/src/main.js", "mcp"]]);
    expect(Object.values(env).filter((value) => value.includes("${"))).toEqual([]);
    expect(loadConfig(env)).toMatchObject({ mode: "sandbox", mcp: { stdioMayPropose: true } });
  });

  it("reads what its user filled in, and only reads once they switched proposing off", async () => {
    const { env = {} } = await startedWith({
      airflow_base_url: "https://airflow.example.com",
      airflow_username: "viewer",
      airflow_password: "a password",
      propose: false,
    });
    expect(loadConfig(env)).toMatchObject({
      mode: "real",
      airflow: [{ baseUrl: "https://airflow.example.com", write: null }],
      databricks: [],
      mcp: { stdioMayPropose: false },
    });
  });
});
