import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What can happen to one request on its way. The `done_` ones happen after the other side has done what was asked. */
export type Fault =
  | "reset"
  | "slow"
  | "half_open"
  | "http_429"
  | "http_500"
  | "http_503"
  | "web_page"
  | "truncate"
  | "garbage"
  | "done_then_reset"
  | "done_then_silence";

/** Faults after which the sender can't know whether its request was carried out. */
export const ambiguousFaults: readonly Fault[] = [
  "reset",
  "half_open",
  "http_500",
  "truncate",
  "done_then_reset",
  "done_then_silence",
];

export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface FaultProxyOptions {
  readonly target: string;
  /** Null lets it pass. */
  /** Default 400 ms. */
  readonly slowMs?: number;
  readonly choose: (passing: Passing) => Fault | null;
  /** What the other side answered, whether or not the answer gets through. */
  readonly onAnswer?: (passing: Passing, status: number, body: string) => void;
}

export interface FaultProxy {
  readonly url: string;
  /** Nobody listens any more. */
  refuse(): Promise<void>;
  /** Somebody listens again, at the same address. */
  accept(): Promise<void>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands between us and a server, and does to single requests what networks and servers do. */
export async function startFaultProxy({
  target,
  choose,
  onAnswer,
  slowMs = 400,
}: FaultProxyOptions): Promise<FaultProxy> {
  const to = new URL(target);

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const passing = { method: incoming.method ?? "GET", path: incoming.url ?? "/", body: body.toString() };
    const fault = choose(passing);
    switch (fault) {
      case "reset":
        incoming.socket.destroy();
        return;
      case "half_open":
        return;
      case "http_429":
        outgoing.writeHead(429, { "retry-after": "1" }).end("{}");
        return;
      case "http_500":
      case "http_503":
        outgoing.writeHead(Number(fault.slice(5)), { "content-type": "application/json" }).end("{}");
        return;
      case "web_page":
        outgoing.writeHead(200, { "content-type": "text/html" }).end("<html><body>Please sign in</body></html>");
        return;
      case "slow":
        await pause(slowMs);
        break;
      default:
    }
    const answer = await forward(incoming, body);
    onAnswer?.(passing, answer.status, answer.body.toString());
    switch (fault) {
      case "done_then_reset":
        incoming.socket.destroy();
        return;
      case "done_then_silence":
        return;
      case "truncate":
        outgoing.writeHead(answer.status, answer.headers);
        outgoing.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)));
        await pause(5);
        incoming.socket.destroy();
        return;
      case "garbage":
        outgoing.writeHead(answer.status, { "content-type": "application/json" }).end('{"unexpected":');
        return;
      default:
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    }
  }

  function forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method, headers, url: path } = incoming;
      const onward = request({ host: to.hostname, port: to.port, path, method, headers }, (response) => {
        read(response).then(
          (whole) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: whole }),
          reject,
        );
      });
      onward.on("error", reject);
      onward.end(body);
    });
  }

  const server = createServer((incoming, outgoing) => {
    // The sender may be killed in the middle.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: close,
    accept: () => listen(port),
    stop: close,
  };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
