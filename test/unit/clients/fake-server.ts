import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The client's port: the same for requests on one connection. */
  readonly port: number;
}

export type Reply = (response: ServerResponse, seen: Seen) => void;

export interface FakeServer {
  readonly url: string;
  readonly seen: Seen[];
  /** Resolves once so many requests arrived. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Answers each request by the next reply; the last one answers all that follow. */
export async function startFakeServer(...replies: Reply[]): Promise<FakeServer> {
  const seen: Seen[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        port: request.socket.remotePort ?? 0,
      };
      const reply = replies[Math.min(seen.length, replies.length - 1)];
      seen.push(one);
      reply?.(response, one);
      for (const waiter of waiting) if (seen.length >= waiter.count) waiter.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    arrived: (count) =>
      new Promise((resolve) => {
        if (seen.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

export const html =
  (status = 200): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": "text/html" });
    response.end("<!doctype html><html><body>Sign in</body></html>");
  };

export const redirect =
  (location: string, status = 302): Reply =>
  (response) => {
    response.writeHead(status, { location });
    response.end();
  };

export const reset: Reply = (response) => {
  response.socket?.resetAndDestroy();
};

/** Promises 1,000 bytes and hangs up after a few. */
export const brokenOff: Reply = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"dags": [');
  setImmediate(() => response.socket?.destroy());
};

export const silence: Reply = () => undefined;

/** Chooses the reply by path, for clients that make calls of several kinds. */
export const routes =
  (table: Readonly<Record<string, Reply>>): Reply =>
  (response, seen) => {
    const path = seen.url.split("?")[0] ?? "";
    (table[`${seen.method} ${path}`] ?? json({ detail: `no route ${seen.method} ${path}` }, 404))(response, seen);
  };
