import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createHttp, type Http } from "../../../src/clients/http.js";
import { errorOf } from "./approved.js";
import { type FakeServer, html, json, type Reply, startFakeServer } from "./fake-server.js";
import { createHandClock } from "./hand-clock.js";

const clock = createHandClock();
let server: FakeServer;

async function open(limits: { maxStreamBytes?: number }, ...replies: Reply[]): Promise<Http> {
  server = await startFakeServer(...replies);
  return createHttp(
    { system: "Airflow", connection: "airflow:prod", baseUrl: server.url },
    { clock, redact: (text) => text, proxy: null, limits },
  );
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

afterEach(() => server.close());

describe("a stream", () => {
  it("comes as it is, with its content type", async () => {
    const http = await open({}, (response) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.end('{"event":"a"}\n{"event":"b"}\n');
    });
    const stream = await http.stream("/logs/1");
    expect(stream.contentType).toBe("application/x-ndjson");
    expect(await read(stream.bytes)).toBe('{"event":"a"}\n{"event":"b"}\n');
  });

  it("is cut at the cap, in words", async () => {
    const http = await open({ maxStreamBytes: 100_000 }, (response) => {
      response.writeHead(200);
      response.end("x".repeat(300_000));
    });
    const { bytes } = await http.stream("/logs/1");
    expect(await errorOf(read(bytes))).toMatchObject({ reason: "too_large" });
  });

  it("ends with an error when the server falls silent, but not when the reader is slow", async () => {
    let held: ServerResponse | null = null;
    const http = await open({}, (response) => {
      held = response;
      response.writeHead(200);
      response.write("first");
    });
    const { bytes } = await http.stream("/logs/1");
    const chunks = bytes[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value ?? "").toString()).toBe("first");
    clock.advance(3_600_000);
    await new Promise(setImmediate);
    (held as ServerResponse | null)?.write("second");
    expect(Buffer.from((await chunks.next()).value ?? "").toString()).toBe("second");
    const next = errorOf(chunks.next());
    await Promise.resolve();
    clock.advance(30_000);
    expect(await next).toMatchObject({ reason: "timeout" });
  });

  it("waits for a reader who has other logs to read first, but not for ever", async () => {
    const held: ServerResponse[] = [];
    const http = await open({}, (response) => {
      held.push(response);
      response.writeHead(200);
      response.write("first");
    });
    const waiting = await http.stream("/logs/1");
    const forgotten = await http.stream("/logs/2");
    clock.advance(300_000);
    await new Promise(setImmediate);
    held[0]?.end(" last");
    expect(await read(waiting.bytes)).toBe("first last");
    clock.advance(300_000);
    await new Promise(setImmediate);
    expect(await errorOf(read(forgotten.bytes))).toMatchObject({ reason: "timeout" });
  });

  it("is opened again after 503, and refused as a web page", async () => {
    const http = await open({}, json({}, 503), json("log"), html());
    expect(await read((await http.stream("/logs/1")).bytes)).toBe("log");
    expect(await errorOf(http.stream("/logs/1"))).toMatchObject({ reason: "bad_response" });
  });
});
