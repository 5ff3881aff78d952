import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Clock, Logger } from "../../core/ports.js";
import { controlLine, readControl } from "./control.js";
import { serveDesk } from "./desk-line.js";
import { serveStream } from "./serve-stream.js";
import { claimSocketPath } from "./socket-path.js";

export interface HolderSocketDeps {
  readonly dataDir: string;
  /** Where sockets of too long data folders go: the system's temporary folder. */
  readonly shortDir: string;
  /** A server for one session. */
  readonly createServer: () => McpServer;
  /** Asked to make room for the bot: lets go of the store. Absent for the bot itself, which stays. */
  readonly letGo?: () => Promise<void>;
  /** Answers the approvals desk of other processes; absent where nobody carries decisions out. */
  readonly desk?: (request: unknown) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The holder's ear for other processes on the same data folder. */
export interface HolderSocket {
  readonly path: string;
  /** Takes no new connection, asks every session to move on (`moving`: a new holder comes), and waits for their last answers. */
  drain(because: "moving" | "ended"): Promise<void>;
  /** Ends at once. The socket's file goes with it. */
  close(): void;
}

const helloMs = 5_000;
const drainMs = 10_000;
const longestHello = 200;

/** The control word a connection begins with; what follows it stays in the stream. */
function readHello(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const done = (line: string): void => {
      socket.setTimeout(0);
      socket.removeAllListeners("timeout").off("data", take).off("close", none);
      socket.pause();
      resolve(line);
    };
    const none = (): void => done("");
    const take = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf(10);
      if (end === -1 && read.length <= longestHello) return;
      const line = end === -1 ? "" : read.subarray(0, end).toString();
      done(line);
      if (end !== -1 && end + 1 < read.length) socket.unshift(read.subarray(end + 1));
    };
    socket.setTimeout(helloMs, none);
    socket.on("data", take).once("close", none);
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Listens on a socket that only this user can reach. The caller holds the data folder's lock, so an old socket file is a dead one. */
export async function listenForBridge(deps: HolderSocketDeps): Promise<HolderSocket> {
  const sessions = new Set<Socket>();
  const path = await claimSocketPath(deps.dataDir, deps.shortDir);

  const take = async (socket: Socket): Promise<void> => {
    socket.on("error", () => socket.destroy());
    const word = readControl(await readHello(socket));
    if (word === "session" && server.listening) {
      sessions.add(socket);
      socket.once("close", () => sessions.delete(socket));
      await serveStream(deps.createServer(), socket);
    } else if (word === "desk" && deps.desk) serveDesk(deps.desk, socket);
    else if (word === "desk") socket.end(controlLine("refused"));
    else if (word === "release" && deps.letGo) {
      deps.logger.info({}, "another process becomes the holder of the data folder; this one goes on through it");
      await deps.letGo();
      socket.end(controlLine("released"));
    } else if (word === "release") socket.end(controlLine("refused"));
    else socket.destroy();
  };
  const server = createServer((socket) => {
    take(socket).catch((error: unknown) => {
      deps.logger.error({ error }, "a connection to the holder's socket failed");
      socket.destroy();
    });
  });
  await rm(path, { force: true });
  await listen(server, path);
  await chmod(path, 0o600);

  const stopListening = (): void => {
    if (server.listening) server.close();
  };
  return {
    path,
    async drain(because) {
      stopListening();
      const gone = [...sessions].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
      for (const socket of sessions) socket.write(controlLine(because));
      const limit = new AbortController();
      await Promise.race([Promise.all(gone).then(() => limit.abort()), deps.clock.sleep(drainMs, limit.signal)]);
      for (const socket of sessions) socket.destroy();
    },
    close() {
      stopListening();
      for (const socket of sessions) socket.destroy();
    },
  };
}
