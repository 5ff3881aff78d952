import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { performance } from "node:perf_hooks";
import { median } from "./figure.js";
import type { PassedRequest, RecordingRelay } from "./recording-relay.js";

/** A tool call beside the HTTP calls it makes. */
export interface Overhead {
  readonly httpCalls: number;
  readonly toolMs: number;
  readonly bareMs: number;
  readonly ratio: number;
}

/** P6: the tool is called and its own requests are sent again over one kept connection, in turns; both through the relay. */
export async function measureOverhead(
  relay: RecordingRelay,
  callTool: () => Promise<unknown>,
  rounds: number,
): Promise<Overhead> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const tool: number[] = [];
  const bare: number[] = [];
  let requests: readonly PassedRequest[] = [];
  // The first calls log in and open connections.
  for (let round = -2; round < rounds; round += 1) {
    relay.taken();
    const toolMs = await timed(callTool);
    // A login of the first call has a body, and is not measured.
    requests = relay.taken().filter(({ method }) => method === "GET");
    const bareMs = await timed(async () => {
      for (const one of requests) await get(relay.url, one.path, one.headers, agent);
    });
    if (round < 0) continue;
    tool.push(toolMs);
    bare.push(bareMs);
  }
  agent.destroy();
  const [toolMs, bareMs] = [median(tool), median(bare)];
  return { httpCalls: requests.length, toolMs, bareMs, ratio: toolMs / bareMs };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function get(base: string, path: string, headers: IncomingHttpHeaders, agent: Agent): Promise<void> {
  const { connection: _, ...kept } = headers;
  return new Promise((done, failed) => {
    request(new URL(path, base), { agent, headers: kept }, (answer) => {
      answer.resume().once("end", () => done());
    })
      .once("error", failed)
      .end();
  });
}
