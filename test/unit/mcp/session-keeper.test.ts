import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import { createSessionKeeper } from "../../../src/mcp/bridge/session-keeper.js";

/** A server that reads and never answers. */
function silentServer() {
  const heard: string[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      heard.push(chunk.toString("utf8"));
      done();
    },
  });
  return { heard, stream };
}

const asked = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"incident_list"}}';

it("asks a second server for what the first took with it, and no third", async () => {
  const host: string[] = [];
  const keeper = createSessionKeeper((line) => host.push(line));
  keeper.fromHost(Buffer.from(`${asked}\n`));
  for (const _ of ["first", "second"]) {
    const { heard, stream } = silentServer();
    const gone = keeper.attach(stream);
    expect(heard.join("")).toContain('"id":7');
    expect(host).toEqual([]);
    stream.destroy();
    expect(await gone).toBe("gone");
  }
  expect(JSON.parse(host[0] ?? "{}")).toMatchObject({ id: 7, error: { code: -32000 } });
  expect(host[0]).toContain("went away twice");
  const third = silentServer();
  void keeper.attach(third.stream);
  expect(third.heard).toEqual([]);
  third.stream.destroy();
});
