import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createMcpServer } from "../../src/mcp/server.js";
import { tools } from "../../src/tools/index.js";
import { serveEndpoint, standingClock } from "../fixtures/mcp-over-http.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { createWorld } from "../unit/tools/literal-world.js";

const started = z.strictObject({
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()).optional(),
});
const reached = z.strictObject({
  type: z.literal("http").optional(),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
});
const server = z.strictObject({ pipewright: z.union([started, reached]) });
/** Claude Desktop and Cursor read the first, VS Code the second. */
const snippet = z.union([
  z.strictObject({ mcpServers: server }).transform(({ mcpServers }) => mcpServers.pipewright),
  z
    .strictObject({ servers: server, inputs: z.array(z.object({ id: z.string() })).optional() })
    .transform(({ servers }) => servers.pipewright),
]);
type Started = z.infer<typeof started>;
type Reached = z.infer<typeof reached>;

const guide = readFileSync("src/mcp/README.md", "utf8");
const texts = [
  ...guide.matchAll(/`(\{"(?:mcpServers|servers)".*?\})`/g),
  ...readFileSync("README.md", "utf8").matchAll(/^(\{ "mcpServers".*\})$/gm),
  ...readFileSync("manifests/claude-desktop/claude_desktop_config.json", "utf8").matchAll(/^([\s\S]+)$/g),
].map(([, text = ""]) => text);
const snippets = texts.map((text) => snippet.parse(JSON.parse(text)));
const [byCommand, byAddress] = claudeCode();

/** The two lines for a shell: `claude mcp add NAME -- COMMAND` and `claude mcp add --transport http NAME ADDRESS --header "…"`. */
function claudeCode(): readonly [Started, Reached] {
  const [, line = ""] = /`claude mcp add pipewright -- (.*?)`/.exec(guide) ?? [];
  const [command = "", ...args] = line.split(" ");
  const [, url = "", name = "", value = ""] =
    /`claude mcp add --transport http pipewright (\S+) --header "(\w+): (.*?)"`/.exec(guide) ?? [];
  return [
    { command, args },
    { url, headers: { [name]: value } },
  ];
}

let home: string;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "mcp-snippets-"));
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await rm(home, { recursive: true, force: true });
});

async function toolsOf(transport: Transport): Promise<readonly string[]> {
  const client = new Client({ name: "snippets", version: "1" });
  await client.connect(transport);
  undo.push(() => client.close());
  return (await client.listTools()).tools.map(({ name }) => name);
}

describe("what the documentation tells people to paste", () => {
  const names = tools.map(({ name }) => name);

  it("starts the program over stdio, from any folder", async () => {
    const commands = [...snippets.filter((one) => "command" in one), byCommand];
    expect(commands).toHaveLength(5);
    const lines = new Set(commands.map(({ command, args }) => JSON.stringify([command, ...args.map(inThisCheckout)])));
    expect([...lines], "one command, however it is written down").toHaveLength(1);
    const [command = "", ...args] = JSON.parse([...lines].join("")) as readonly string[];
    expect(existsSync(args[0] ?? ""), "npm run build has made it").toBe(true);
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, PIPEWRIGHT_DATA_DIR: home, PIPEWRIGHT_SANDBOX: "1" };
    const transport = new StdioClientTransport({ command, args: [...args], env, cwd: tmpdir(), stderr: "ignore" });
    expect(await toolsOf(transport)).toEqual(names);
  });

  it("reaches it over HTTP with a token", async () => {
    const token = "a-token-of-somebody-0123456789";
    const ports = createWorld({}).ports;
    const served = await serveEndpoint({
      tokens: [{ name: "snippet", read: () => token }],
      createServer: () => createMcpServer({ tools, ports, redact: (text) => text, logger: silentLogger, version: "1" }),
      hosts: [],
      origins: [],
      clock: standingClock(),
    });
    undo.push(() => served.close());
    const addresses = [...snippets.filter((one) => "url" in one), byAddress];
    expect(addresses).toHaveLength(3);
    for (const { url, headers } of addresses) {
      const here = new URL(url);
      here.port = String(served.port);
      const filledIn = Object.entries(headers).map(([name, value]) => [
        name,
        value.replace(/\$(\{[^}]+\}|\w+)$/, token),
      ]);
      const transport = new StreamableHTTPClientTransport(here, {
        requestInit: { headers: Object.fromEntries(filledIn) },
      });
      expect(await toolsOf(transport as unknown as Transport)).toEqual(names);
    }
  });
});

function inThisCheckout(argument: string): string {
  return argument.endsWith("/dist/src/main.js") ? resolve("dist/src/main.js") : argument;
}
