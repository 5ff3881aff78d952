import { afterEach, describe, expect, it } from "vitest";
import { createMcpServer } from "../../src/mcp/server.js";
import { tools } from "../../src/tools/index.js";
import { type ServedEndpoint, serveEndpoint, standingClock } from "../fixtures/mcp-over-http.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { createWorld, incident, spec, task } from "../unit/tools/literal-world.js";

const ana = "ana-token-0123456789abcdef0123";
const ben = "ben-token-0123456789abcdef0123";
const hello = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
});
const list = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list", params: {} });
const plain = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const asAna = { ...plain, authorization: `Bearer ${ana}` };

let clock = standingClock();
let served: ServedEndpoint | null = null;
afterEach(async () => {
  await served?.close();
  served = null;
  clock = standingClock();
});

async function serve(more: Partial<Parameters<typeof serveEndpoint>[0]> = {}): Promise<ServedEndpoint> {
  const world = createWorld({
    tasks: [task({ taskId: "fetch_trips", state: "failed" })],
    specs: [spec("fetch_trips")],
    incidents: [incident({ id: "inc_0001" })],
  });
  served = await serveEndpoint({
    tokens: [
      { name: "ana-laptop", read: () => ana },
      { name: "ben-desk", read: () => ben },
    ],
    createServer: () =>
      createMcpServer({ tools, ports: world.ports, redact: (text) => text, logger: silentLogger, version: "1" }),
    hosts: ["pipewright.example.com"],
    origins: ["https://ide.example.com"],
    clock,
    ...more,
  });
  return served;
}

describe("MCP over HTTP lets in", () => {
  it("a client with its token, which works as over stdio", async () => {
    const { client } = await (await serve()).connect(ana);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
    const result = await client.callTool({ name: "diagnose_failure", arguments: { dag: "bikes_daily" } });
    expect(result.structuredContent).toMatchObject({ about: { task: "fetch_trips" } });
  });

  it.each([
    ["another port of this machine", { host: "localhost:8080" }],
    ["a configured name", { host: "pipewright.example.com" }],
    ["a listed origin", { origin: "https://ide.example.com" }],
    ["a page of its own host", { host: "pipewright.example.com", origin: "https://pipewright.example.com" }],
  ])("%s", async (_name, headers) => {
    expect((await (await serve()).ask({ ...asAna, ...headers }, hello)).status).toBe(200);
  });
});

describe("MCP over HTTP refuses", () => {
  it.each([
    ["no token", { authorization: "" }],
    ["a wrong one", { authorization: "Bearer ana-token-0123456789abcdef0124" }],
    ["a part of one", { authorization: "Bearer ana-token" }],
    ["another scheme", { authorization: `Basic ${ana}` }],
    ["an empty one", { authorization: "Bearer " }],
    ["a very long one", { authorization: `Bearer ${"a".repeat(5_000)}` }],
  ])("%s: 401, and says where tokens come from", async (_name, headers) => {
    const answer = await (await serve()).ask({ ...plain, ...headers }, hello);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain("mcp.tokens");
  });

  it("a token whose file is gone, and lets the others in", async () => {
    const gone = {
      name: "gone",
      read: () => {
        throw new Error("no such file");
      },
    };
    const { ask } = await serve({ tokens: [gone, { name: "ana-laptop", read: () => ana }] });
    expect((await ask({ ...plain, authorization: "Bearer x" }, hello)).status).toBe(401);
    expect((await ask(asAna, hello)).status).toBe(200);
  });

  it.each([
    ["a foreign Host", { host: "evil.example.org" }],
    ["a Host that ends like ours", { host: "evil-localhost" }],
    ["a foreign Origin", { origin: "https://evil.example.org" }],
    ["a page without an origin", { origin: "null" }],
  ])("%s: 403, before it looks at the token", async (_name, headers) => {
    expect((await (await serve()).ask({ ...plain, ...headers }, hello)).status).toBe(403);
    expect((await served?.ask({ ...asAna, ...headers }, hello))?.status).toBe(403);
  });

  it("a session of another token, as if it were not there", async () => {
    const { connect, ask } = await serve();
    const { transport } = await connect(ana);
    const session = { "mcp-session-id": transport.sessionId ?? "" };
    const asBen = { ...asAna, authorization: `Bearer ${ben}`, ...session };
    const stolen = await ask(asBen, list);
    const unknown = await ask({ ...asBen, "mcp-session-id": "00000000-0000-4000-8000-000000000000" }, list);
    expect([stolen.status, unknown.status]).toEqual([404, 404]);
    expect(stolen.body).toBe(unknown.body);
    expect((await ask(asBen, "", "DELETE")).status).toBe(404);
    expect((await ask({ ...asAna, ...session }, list)).status).toBe(200);
  });

  it("a call without a session, a body that is too large and one that is no JSON", async () => {
    const { ask } = await serve();
    expect((await ask(asAna, list)).status).toBe(400);
    const large = await ask(asAna, JSON.stringify({ filler: "x".repeat(300_000) }));
    expect([large.status, large.body]).toEqual([413, expect.stringContaining("256kb")]);
    expect((await ask(asAna, "{")).status).toBe(400);
    expect((await ask(asAna, "", "PUT")).status).toBe(405);
  });

  it("more calls than its rate, of that token only, until time has passed", async () => {
    const { ask } = await serve({ rate: { perMinute: 60, burst: 3 } });
    const asBen = { ...asAna, authorization: `Bearer ${ben}` };
    for (let call = 0; call < 3; call += 1) expect((await ask(asAna, hello)).status).toBe(200);
    const refused = await ask(asAna, hello);
    expect([refused.status, refused.body]).toEqual([429, expect.stringContaining("in 1 s")]);
    expect((await ask(asBen, hello)).status).toBe(200);
    clock.move(1_000);
    expect((await ask(asAna, hello)).status).toBe(200);
  });
});

describe("a session over HTTP", () => {
  it("ends when nobody has used it for its time, and not before", async () => {
    const { connect, ask } = await serve({ sessions: { mostPerToken: 8, idleMs: 60_000 } });
    const { client, transport } = await connect(ana);
    const headers = { ...asAna, "mcp-session-id": transport.sessionId ?? "" };
    clock.move(59_999);
    await client.ping();
    clock.move(59_999);
    expect((await ask(headers, list)).status).toBe(200);
    clock.move(60_000);
    expect((await ask(headers, list)).status).toBe(404);
  });

  it("gives way to a new one of the same token when there are too many", async () => {
    const { connect, ask } = await serve({ sessions: { mostPerToken: 2, idleMs: 60_000 } });
    const ids: string[] = [];
    for (let opened = 0; opened < 3; opened += 1) {
      ids.push((await connect(ana)).transport.sessionId ?? "");
      clock.move(10);
    }
    const other = (await connect(ben)).transport.sessionId ?? "";
    const statuses = await Promise.all(ids.map((id) => ask({ ...asAna, "mcp-session-id": id }, list)));
    expect(statuses.map(({ status }) => status)).toEqual([404, 200, 200]);
    const asBen = { ...asAna, authorization: `Bearer ${ben}`, "mcp-session-id": other };
    expect((await ask(asBen, list)).status).toBe(200);
  });

  it("is over for its client when the token is taken away", async () => {
    let known = ana;
    const { connect, ask } = await serve({ tokens: [{ name: "ana-laptop", read: () => known }] });
    const { transport } = await connect(ana);
    known = "another-token-0123456789abcdef";
    expect((await ask({ ...asAna, "mcp-session-id": transport.sessionId ?? "" }, list)).status).toBe(401);
  });
});
