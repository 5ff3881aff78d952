import { once } from "node:events";
import { type Duplex, duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { createSessionKeeper } from "../../../src/mcp/bridge/session-keeper.js";

const opening = { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-06-18" } };
const opened = { jsonrpc: "2.0", method: "notifications/initialized" };

function bytes(...messages: readonly object[]): Buffer {
  return Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
}

/** The far end of a server's connection: what it was told, and what it says. */
function fakeServer() {
  const [near, far] = duplexPair();
  const heard: { readonly id?: unknown; readonly method?: string }[] = [];
  far.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().split("\n").filter(Boolean)) heard.push(JSON.parse(line) as object);
  });
  return { near, far, heard, say: (...messages: readonly object[]) => far.write(bytes(...messages)) };
}

function keeperWithHost() {
  const told: { readonly id?: unknown; readonly error?: { readonly message: string }; readonly result?: unknown }[] =
    [];
  const keeper = createSessionKeeper((line) => told.push(JSON.parse(line) as object));
  return { keeper, told };
}

async function die(server: Duplex): Promise<void> {
  server.destroy();
  await once(server, "close");
}

describe("one session over several servers", () => {
  it("opens the session again at the next server, unseen by the host, before what waited", async () => {
    const { keeper, told } = keeperWithHost();
    const first = fakeServer();
    const gone = keeper.attach(first.near);
    keeper.fromHost(bytes(opening));
    first.say({ jsonrpc: "2.0", id: 0, result: { serverInfo: { name: "first" } } });
    await expect.poll(() => told.length).toBe(1);
    keeper.fromHost(bytes(opened));
    await die(first.near);
    expect(await gone).toBe("gone");

    keeper.fromHost(bytes({ jsonrpc: "2.0", id: 1, method: "tools/list" }));
    const next = fakeServer();
    void keeper.attach(next.near);
    await expect.poll(() => next.heard.length).toBe(1);
    const [again] = next.heard;
    expect(again).toMatchObject({ method: "initialize", params: { protocolVersion: "2025-06-18" } });
    expect(again?.id).not.toBe(0);
    next.say({ jsonrpc: "2.0", id: again?.id, result: { serverInfo: { name: "next" } } });
    await expect
      .poll(() => next.heard.map(({ method }) => method))
      .toEqual(["initialize", "notifications/initialized", "tools/list"]);
    next.say({ jsonrpc: "2.0", id: 1, result: { tools: [] } });
    await expect.poll(() => told.map(({ id }) => id)).toEqual([0, 1]);
  });

  it("makes an opening that died with its server at the next one, under the host's own id", async () => {
    const { keeper, told } = keeperWithHost();
    const first = fakeServer();
    void keeper.attach(first.near);
    keeper.fromHost(bytes(opening));
    await expect.poll(() => first.heard.length).toBe(1);
    await die(first.near);
    expect(told).toEqual([]);
    const next = fakeServer();
    void keeper.attach(next.near);
    await expect.poll(() => next.heard).toEqual([opening]);
  });

  it("asks the next server once more for what died with the first, and answers what died with two", async () => {
    const { keeper, told } = keeperWithHost();
    const asked = [
      { jsonrpc: "2.0", id: "a", method: "tools/call" },
      { jsonrpc: "2.0", id: 7, method: "ping" },
    ];
    const first = fakeServer();
    void keeper.attach(first.near);
    keeper.fromHost(bytes(...asked));
    await expect.poll(() => first.heard.length).toBe(2);
    await die(first.near);
    expect(told).toEqual([]);
    const second = fakeServer();
    void keeper.attach(second.near);
    await expect.poll(() => second.heard).toEqual(asked);
    second.say({ jsonrpc: "2.0", id: 7, result: {} });
    await expect.poll(() => told.map(({ id }) => id)).toEqual([7]);
    await die(second.near);
    expect(told.map(({ id }) => id)).toEqual([7, "a"]);
    expect(told[1]?.error?.message).toContain("went away twice");
  });

  it("sends nothing more to a server that moves, and leaves it when it owes nothing", async () => {
    const { keeper, told } = keeperWithHost();
    const first = fakeServer();
    const gone = keeper.attach(first.near);
    keeper.fromHost(bytes({ jsonrpc: "2.0", id: 1, method: "tools/call" }));
    first.say({ pipewright: "moving" });
    await once(first.near, "data");
    keeper.fromHost(bytes({ jsonrpc: "2.0", id: 2, method: "tools/call" }));
    first.far.once("end", () => first.far.end());
    first.say({ jsonrpc: "2.0", id: 1, result: {} });
    expect(await gone).toBe("moving");
    expect(told.map(({ id }) => id)).toEqual([1]);
    expect(first.heard).toHaveLength(1);
    const next = fakeServer();
    void keeper.attach(next.near);
    await expect.poll(() => next.heard.map(({ id }) => id)).toEqual([2]);
  });

  it("does not keep more than a thousand requests waiting", () => {
    const { keeper, told } = keeperWithHost();
    for (let id = 0; id < 1_002; id += 1) keeper.fromHost(bytes({ jsonrpc: "2.0", id, method: "ping" }));
    expect(told.map(({ id }) => id)).toEqual([1_000, 1_001]);
  });

  it("drops a message over 10 MB, says so, and reads the next one", () => {
    const { keeper, told } = keeperWithHost();
    const chunk = Buffer.alloc(1024 * 1024, "x");
    for (let count = 0; count < 11; count += 1) keeper.fromHost(chunk);
    keeper.fromHost(Buffer.from("\nnot json\n"));
    expect(told.map((line) => line.error?.message)).toEqual([
      "That message is over 10 MB.",
      "That line is not a JSON-RPC message.",
    ]);
  });
});
