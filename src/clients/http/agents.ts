import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";

/** Marks a connection that was never established, so that nothing can have been sent. */
export class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

export interface Agents {
  /** Reads keep their connections. */
  readonly reading: http.Agent;
  /** A write gets a fresh connection: on a kept one a reset says nothing about whether the server saw the request. */
  readonly writing: http.Agent;
}

export function createAgents(baseUrl: URL, proxy: string | null, connectMs: number): Agents {
  return {
    reading: createAgent(baseUrl, proxy, connectMs, true),
    writing: createAgent(baseUrl, proxy, connectMs, false),
  };
}

function createAgent(baseUrl: URL, proxy: string | null, connectMs: number, keepAlive: boolean): http.Agent {
  const options = { keepAlive, maxSockets: 8 };
  if (baseUrl.protocol === "http:") return withConnectTimeout(new http.Agent(options), "connect", connectMs);
  if (proxy !== null && !isLoopback(baseUrl.hostname)) return new HttpsProxyAgent(proxy, options);
  return withConnectTimeout(new https.Agent(options), "secureConnect", connectMs);
}

interface Connecting {
  createConnection(options: object, callback?: (error: Error | null, socket: Socket) => void): Socket;
}

/** Node's agents have no time-out for connecting alone; their own `timeout` is for silence at any time. */
function withConnectTimeout<Agent extends http.Agent>(agent: Agent, ready: string, ms: number): Agent {
  const connecting = agent as unknown as Connecting;
  const connect = connecting.createConnection.bind(agent);
  connecting.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout(`no connection within ${ms} ms`)), ms);
    const stop = () => clearTimeout(timer);
    socket.once(ready, stop).once("close", stop);
    return socket;
  };
  return agent;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
