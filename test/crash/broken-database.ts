import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What can happen between us and PostgreSQL. */
export const databaseFaults = [
  "reset",
  "slow",
  "truncated",
  "half_open",
  "too_many_connections",
  "io_error",
  "starting_up",
  "committed_then_reset",
  "garbage",
  "refused",
] as const;
export type DatabaseFault = (typeof databaseFaults)[number];

export interface DatabaseProxy {
  /** The same database by way of the proxy. */
  readonly url: string;
  /** From now on every connection meets it; null heals. */
  set(fault: DatabaseFault | null): Promise<void>;
  stop(): Promise<void>;
}

/** What the server itself says before it ends a session, by SQLSTATE. */
const said: Partial<Record<DatabaseFault, readonly [code: string, words: string]>> = {
  too_many_connections: ["53300", "sorry, too many clients already"],
  io_error: ["58030", "could not read block 7 in file"],
  starting_up: ["57P03", "the database system is starting up"],
};
const slowMs = 20;

/** Stands between a store and its PostgreSQL. */
export async function startDatabaseProxy(url: string): Promise<DatabaseProxy> {
  const target = new URL(url);
  let fault: DatabaseFault | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => serve(incoming));

  function serve(incoming: Socket): void {
    const outgoing = connect(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.on("data", (bytes) => {
      switch (fault) {
        case "reset":
          return void incoming.resetAndDestroy();
        case "half_open":
          return;
        case "slow":
          return void setTimeout(() => outgoing.writable && outgoing.write(bytes), slowMs);
        case "too_many_connections":
        case "io_error":
        case "starting_up":
          return void incoming.end(errorOf(fault));
        default:
          outgoing.write(bytes);
      }
    });
    outgoing.on("data", (bytes) => {
      switch (fault) {
        case "truncated":
          incoming.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
          return void incoming.resetAndDestroy();
        case "committed_then_reset":
          if (bytes.includes("COMMIT\0")) return void incoming.resetAndDestroy();
          return void incoming.write(bytes);
        case "garbage":
          return void incoming.write(Buffer.from("<html><body>Please sign in</body></html>"));
        default:
          if (incoming.writable) incoming.write(bytes);
      }
    });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const here = new URL(url);
  here.port = String(port);
  return {
    url: here.href,
    async set(next) {
      if (fault === "refused") {
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
      }
      fault = next;
      if (fault !== "refused") return;
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await once(server, "close");
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
}

/** An ErrorResponse of the wire protocol. */
function errorOf(fault: DatabaseFault): Buffer {
  const [code = "XX000", words = "internal error"] = said[fault] ?? [];
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${words}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from("E"), length, fields]);
}
