import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Clock, Logger } from "../../../src/core/ports.js";
import { type HolderSocket, listenForBridge } from "../../../src/mcp/bridge/holder-socket.js";
import { askHolderToLeave } from "../../../src/mcp/bridge/reach-holder.js";
import { takeOver } from "../../../src/mcp/bridge/take-over.js";
import { type Holding, runMcpCommand } from "../../../src/mcp/run-mcp-command.js";
import { createMcpServer } from "../../../src/mcp/server.js";
import { defineTool, type Tool } from "../../../src/tools/define-tool.js";
import { createWorld } from "../tools/literal-world.js";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Real time, but waits are short: what counts is the order of events. */
let offsetMs = 0;
let sleeps = 0;
const clock: Clock = {
  now: () => new Date(Date.now() + offsetMs),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      sleeps += 1;
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, Math.min(ms, 300));
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/** The host application's end of stdio, for the SDK's client. */
function hostSide(stdin: PassThrough, stdout: PassThrough): Transport & { readonly lines: string[] } {
  const buffer = new ReadBuffer();
  const lines: string[] = [];
  const transport: Transport & { readonly lines: string[] } = {
    lines,
    start() {
      stdout.on("data", (chunk: Buffer) => {
        lines.push(...chunk.toString().split("\n").filter(Boolean));
        buffer.append(chunk);
        for (let message = buffer.readMessage(); message; message = buffer.readMessage())
          transport.onmessage?.(message);
      });
      return Promise.resolve();
    },
    send(message: JSONRPCMessage) {
      stdin.write(serializeMessage(message));
      return Promise.resolve();
    },
    close() {
      stdin.end();
      return Promise.resolve();
    },
  };
  return transport;
}

let dataDir: string;
let held: string | null;
let gates: Map<string, () => void>;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "bridge-"));
  held = null;
  offsetMs = 0;
  gates = new Map();
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  await rm(dataDir, { recursive: true, force: true });
});

/** Says which process served the call; `slow` waits until the test lets it go on. */
function toolsOf(name: string): readonly Tool[] {
  const whoami = defineTool({
    name: "who_serves",
    title: "Who",
    description: "Who serves this",
    readOnly: true,
    destructive: false,
    idempotent: true,
    openWorld: false,
    input: z.strictObject({ slow: z.boolean().default(false) }),
    output: z.object({ name: z.string() }),
    handler: async ({ slow }) => {
      if (slow) await new Promise<void>((resolve) => gates.set(name, resolve));
      return { name };
    },
  });
  return [whoami];
}

const createServer = (name: string) => () =>
  createMcpServer({
    tools: toolsOf(name),
    ports: createWorld({}).ports,
    redact: (text) => text,
    logger: silent,
    version: "1.0.0",
  });

/** The lock of the data folder, as the store would hold it. */
function hold(name: string): Promise<Holding | null> {
  if (held !== null) return Promise.resolve(null);
  held = name;
  return Promise.resolve({
    createServer: createServer(name),
    release: () => {
      held = null;
      return Promise.resolve();
    },
  });
}

/** A `pipewright mcp` process with its host application connected. */
async function startMcp(name: string) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stop = new AbortController();
  const over = runMcpCommand({
    dataDir,
    shortDir: tmpdir(),
    stdin,
    stdout,
    becomeHolder: () => hold(name),
    clock,
    logger: silent,
    stop: stop.signal,
  });
  const transport = hostSide(stdin, stdout);
  const client = new Client({ name: "host", version: "1" });
  await client.connect(transport);
  cleanUps.push(() => {
    stop.abort();
    return over;
  });
  const who = async (slow = false): Promise<string> => {
    const result = await client.callTool({ name: "who_serves", arguments: { slow } });
    return String((result.structuredContent as { name?: unknown } | undefined)?.name ?? JSON.stringify(result));
  };
  return { who, client, transport, over, stdin, stop };
}

/** The bot: takes the data folder over and listens. */
async function startBot(name = "bot"): Promise<HolderSocket & { die(): void }> {
  const holding = await takeOver({ dataDir, clock, tryHold: () => hold(name) });
  if (holding === null) throw new Error("the bot could not take over");
  const bridge = await listenForBridge({
    dataDir,
    shortDir: tmpdir(),
    createServer: createServer(name),
    clock,
    logger: silent,
  });
  const die = (): void => {
    bridge.close();
    held = null;
  };
  cleanUps.push(() => Promise.resolve(die()));
  return { ...bridge, die };
}

describe("one process holds the data folder, the others reach it", () => {
  it("serves alone when there is nobody else", async () => {
    const alone = await startMcp("first");
    expect(await alone.who()).toBe("first");
    expect((await alone.client.listTools()).tools.map((tool) => tool.name)).toEqual(["who_serves"]);
  });

  it("keeps its socket to this user alone", async () => {
    const bot = await startBot();
    expect((await stat(bot.path)).mode & 0o777).toBe(0o600);
  });

  it("is bridged to a running bot and holds nothing itself", async () => {
    await startBot();
    const client = await startMcp("mcp");
    expect(await client.who()).toBe("bot");
    expect(held).toBe("bot");
  });

  it("is bridged to another mcp that came first", async () => {
    const first = await startMcp("first");
    await first.who();
    const second = await startMcp("second");
    expect(await second.who()).toBe("first");
  });

  it("makes room for a bot that starts, and goes on through it in the same session", async () => {
    const first = await startMcp("first");
    const second = await startMcp("second");
    expect([await first.who(), await second.who()]).toEqual(["first", "first"]);
    await startBot();
    expect([await first.who(), await second.who()]).toEqual(["bot", "bot"]);
    expect(held).toBe("bot");
  });

  it("leaves the folder to whoever asked for it, and takes it back when nobody comes", async () => {
    const first = await startMcp("first");
    const second = await startMcp("second");
    await second.who();
    expect(await askHolderToLeave(dataDir, clock)).toBe("released");
    const seen = sleeps;
    await expect.poll(() => sleeps).toBeGreaterThan(seen + 8);
    expect(held).toBeNull();
    offsetMs = 60_000;
    expect(await first.who()).toMatch(/first|second/);
  });

  it("answers what it began before it makes room", async () => {
    const first = await startMcp("first");
    const slow = first.who(true);
    await expect.poll(() => gates.has("first")).toBe(true);
    const bot = startBot();
    gates.get("first")?.();
    expect(await slow).toBe("first");
    await bot;
    expect(await first.who()).toBe("bot");
  });

  it("takes the folder over when the bot dies, and asks once more for the calls that died with it", async () => {
    const bot = await startBot();
    const client = await startMcp("mcp");
    const lost = client.who(true);
    await expect.poll(() => gates.has("bot")).toBe(true);
    bot.die();
    await expect.poll(() => gates.has("mcp")).toBe(true);
    gates.get("mcp")?.();
    expect(await lost).toBe("mcp");
    expect(await client.who()).toBe("mcp");
    const openings = client.transport.lines.filter((line) => line.includes("protocolVersion"));
    expect(openings, "the host sees one opening of its session").toHaveLength(1);
  });

  it("lets exactly one of several clients follow a dead bot", async () => {
    const bot = await startBot();
    const clients = await Promise.all(["a", "b", "c"].map(startMcp));
    bot.die();
    const served = await Promise.all(clients.map((client) => client.who()));
    expect(new Set(served).size).toBe(1);
    expect(held).toBe(served[0]);
  });

  it("lets another one follow when its host goes", async () => {
    const first = await startMcp("first");
    const second = await startMcp("second");
    expect(await second.who()).toBe("first");
    first.stdin.end();
    await first.over;
    expect(await second.who()).toBe("second");
  });

  it("does not let a second bot push the first one out", async () => {
    await startBot();
    expect(await askHolderToLeave(dataDir, clock)).toBe("refused");
    expect(await takeOver({ dataDir, clock, tryHold: () => hold("second bot") })).toBeNull();
  });

  it("answers everything that was asked before stdin ended", async () => {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const opening = {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "pipe", version: "1" } },
    };
    stdin.end(
      [
        opening,
        { jsonrpc: "2.0", method: "notifications/initialized" },
        { jsonrpc: "2.0", id: 2, method: "tools/list" },
      ]
        .map((message) => JSON.stringify(message))
        .join("\n")
        .concat("\n"),
    );
    const deps = { dataDir, shortDir: tmpdir(), stdin, stdout, clock, logger: silent };
    await runMcpCommand({ ...deps, becomeHolder: () => hold("piped"), stop: new AbortController().signal });
    const ids = String(stdout.read())
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: unknown }).id);
    expect(ids).toEqual([1, 2]);
    expect(held).toBeNull();
  });

  it("answers a line that is no message, and goes on", async () => {
    const client = await startMcp("first");
    client.stdin.write("not json\n[1,2]\n{\u0000\n");
    expect(await client.who()).toBe("first");
    expect(client.transport.lines.filter((line) => line.includes("-32700"))).toHaveLength(3);
  });

  it("says what to do when the holder does not answer", async () => {
    held = "somebody silent";
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const stop = new AbortController();
    let at = 0;
    const now = (): Date => {
      at += 5_000;
      return new Date(at);
    };
    const fast: Clock = { ...clock, now };
    const over = runMcpCommand({
      dataDir,
      shortDir: tmpdir(),
      stdin,
      stdout,
      becomeHolder: () => hold("x"),
      clock: fast,
      logger: silent,
      stop: stop.signal,
    });
    stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })}\n`);
    const [answer] = await new Promise<string[]>((resolve) =>
      stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().split("\n"))),
    );
    expect(answer).toContain("does not answer. Restart it, or set PIPEWRIGHT_DATA_DIR");
    stop.abort();
    await over;
  });

  it("finds a short place for the socket of a folder with a very long path", async () => {
    const deep = join(dataDir, "d".repeat(60), "e".repeat(60));
    const { mkdir } = await import("node:fs/promises");
    await mkdir(deep, { recursive: true });
    dataDir = deep;
    const bot = await startBot();
    expect(Buffer.byteLength(bot.path)).toBeLessThanOrEqual(100);
    expect(await (await startMcp("mcp")).who()).toBe("bot");
  });
});
