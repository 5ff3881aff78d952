import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** One request as it went through. */
export interface PassedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Stands before a server and writes down what is asked of it; `delayMs` makes it answer no faster than a busy one would. */
export interface RecordingRelay {
  readonly url: string;
  /** What passed since this was last asked. */
  taken(): readonly PassedRequest[];
  stop(): Promise<void>;
}

export async function startRecordingRelay(target: string, delayMs = 0): Promise<RecordingRelay> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const passed: PassedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = "GET", url: path = "/", headers } = incoming;
    passed.push({ method, path, headers });
    if (delayMs > 0) await pause(delayMs);
    const forward = (again: boolean): void => {
      const onward = request({ agent, hostname, port, path, method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      // A kept connection may be closed by the server in the moment it is used again.
      onward.on("error", () => (again && onward.reusedSocket ? forward(false) : outgoing.destroy()));
      if (method === "GET") onward.end();
      else incoming.pipe(onward);
    };
    forward(method === "GET");
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => passed.splice(0),
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
