import { createConnection, type Socket } from "node:net";
import type { Clock } from "../../core/ports.js";
import { controlLine, readControl } from "./control.js";
import { askOver } from "./desk-line.js";
import { splitLines } from "./line-splitter.js";
import { sessionHello } from "./session-keeper.js";
import { findSocketPath } from "./socket-path.js";

const releaseMs = 30_000;

function connect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const failed = (): void => resolve(null);
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

async function reach(dataDir: string): Promise<Socket | null> {
  const path = await findSocketPath(dataDir);
  return path === null ? null : await connect(path);
}

/** A connection to the holder, ready for MCP lines; null when nobody listens. */
export async function openSession(dataDir: string): Promise<Socket | null> {
  const socket = await reach(dataDir);
  socket?.write(sessionHello);
  return socket;
}

/** Asks the approvals desk of the holder; null when nobody holds the data folder, or a holder that keeps no desk. */
export async function askDesk(dataDir: string, request: unknown): Promise<unknown> {
  const socket = await reach(dataDir);
  return socket === null ? null : await askOver(socket, request);
}

/** Asks an `mcp` that holds the data folder to make room. `nobody`: none listens; `refused`: the holder is a bot, which stays. */
export async function askHolderToLeave(dataDir: string, clock: Clock): Promise<"released" | "refused" | "nobody"> {
  const socket = await reach(dataDir);
  if (socket === null) return "nobody";
  const limit = new AbortController();
  const answered = new Promise<"released" | "refused" | "nobody">((resolve) => {
    const take = (line: string): void => resolve(readControl(line) === "released" ? "released" : "refused");
    socket.on(
      "data",
      splitLines(take, () => socket.destroy()),
    );
    socket.on("error", () => socket.destroy());
    socket.once("close", () => resolve("nobody"));
    socket.write(controlLine("release"));
  });
  const late = clock.sleep(releaseMs, limit.signal).then(() => "refused" as const);
  try {
    return await Promise.race([answered, late]);
  } finally {
    limit.abort();
    socket.destroy();
  }
}
