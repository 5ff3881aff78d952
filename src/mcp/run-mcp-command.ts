import { duplexPair, type Readable, type Writable } from "node:stream";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { Clock, Logger } from "../core/ports.js";
import { type HolderSocket, listenForBridge } from "./bridge/holder-socket.js";
import { openSession } from "./bridge/reach-holder.js";
import { serveStream } from "./bridge/serve-stream.js";
import { createSessionKeeper, type SessionKeeper } from "./bridge/session-keeper.js";

/** What the one process that holds the data folder has. */
export interface Holding {
  /** A server for one session. */
  readonly createServer: () => McpServer;
  /** Closes the store and lets go of the lock. */
  release(): Promise<void>;
}

export interface McpCommandDeps {
  readonly dataDir: string;
  /** Where the socket goes when the data folder's path is too long for one: the system's temporary folder. */
  readonly shortDir: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Takes the lock and opens everything; null when another process holds the data folder. */
  readonly becomeHolder: () => Promise<Holding | null>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborted on SIGTERM and SIGINT. */
  readonly stop: AbortSignal;
}

const retryMs = 100;
/** Whoever comes to hold the data folder listens within this time; then anybody may take it. */
const yieldMs = 15_000;
const patienceMs = 20_000;
/** After the end of stdin; a diagnosis under way still answers. */
const lastAnswersMs = 30_000;
/** When asked to stop or to make room. */
const hurryMs = 10_000;
const nobodyAnswers =
  "Another Pipewright process holds the data folder and does not answer. Restart it, or set PIPEWRIGHT_DATA_DIR to another folder.";

/** Aborts when the host has gone and has its answers, or when the process is told to stop. */
function watchForEnd(deps: McpCommandDeps, keeper: SessionKeeper): AbortSignal {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  deps.stdin.on("data", (chunk: Buffer) => keeper.fromHost(chunk));
  deps.stdin.once("end", () => {
    const late = deps.clock.sleep(lastAnswersMs, ended.signal);
    void Promise.race([keeper.idle(), late]).then(end);
  });
  deps.stdin.once("error", end);
  deps.stdout.on("error", end);
  deps.stop.addEventListener("abort", end, { once: true });
  if (deps.stop.aborted) end();
  return ended.signal;
}

/** Serves as the holder until the host ends or another process takes the data folder over; true in the second case. */
async function hold(
  holding: Holding,
  keeper: SessionKeeper,
  ended: AbortSignal,
  deps: McpCommandDeps,
): Promise<"ended" | "moving"> {
  const [near, far] = duplexPair();
  await serveStream(holding.createServer(), far);
  const attached = attachUntil(near, keeper, ended, deps.clock);
  let bridge: HolderSocket | null = null;
  let leaving: Promise<void> | null = null;
  let because: "ended" | "moving" = "ended";

  const leave = async (): Promise<void> => {
    await Promise.all([bridge?.drain(because), hurry(keeper, attached, deps.clock)]);
    await holding.release();
  };
  const letGo = (): Promise<void> => {
    because = leaving === null ? "moving" : because;
    leaving ??= leave();
    return leaving;
  };
  try {
    bridge = await listenForBridge({ ...deps, createServer: holding.createServer, letGo });
    await attached;
  } finally {
    leaving ??= leave();
    await leaving;
    bridge?.close();
  }
  return because;
}

/** Leaves the server the keeper is attached to, in good order if it answers in time. */
async function hurry(keeper: SessionKeeper, attached: Promise<unknown>, clock: Clock): Promise<void> {
  const done = new AbortController();
  keeper.leaveServer();
  await Promise.race([attached, clock.sleep(hurryMs, done.signal)]);
  done.abort();
  keeper.dropServer();
  await attached;
}

async function attachUntil(
  server: Parameters<SessionKeeper["attach"]>[0],
  keeper: SessionKeeper,
  ended: AbortSignal,
  clock: Clock,
): Promise<"gone" | "moving"> {
  const attached = keeper.attach(server);
  const leave = (): void => void hurry(keeper, attached, clock);
  if (ended.aborted) leave();
  else ended.addEventListener("abort", leave, { once: true });
  const how = await attached;
  ended.removeEventListener("abort", leave);
  return how;
}

/**
 * Serves MCP on stdio until stdin ends: through the process that holds the data folder, or as its holder when there is none.
 * Holders may change meanwhile; the host application's session goes on. Nothing but protocol is written to stdout.
 */
export async function runMcpCommand(deps: McpCommandDeps): Promise<void> {
  const { clock, dataDir } = deps;
  const keeper = createSessionKeeper((line) => deps.stdout.write(line));
  const ended = watchForEnd(deps, keeper);
  const now = (): number => clock.now().getTime();
  let yieldUntil = 0;
  let aloneSince = now();

  const serveOnce = async (): Promise<"gone" | "moving" | "ended" | "nobody"> => {
    const socket = await openSession(dataDir);
    if (socket !== null) return await attachUntil(socket, keeper, ended, clock);
    const holding = now() < yieldUntil ? null : await deps.becomeHolder();
    return holding === null ? "nobody" : await hold(holding, keeper, ended, deps);
  };
  try {
    while (!ended.aborted) {
      const how = await serveOnce();
      if (how === "moving") yieldUntil = now() + yieldMs;
      if (how !== "nobody") aloneSince = now();
      else if (now() - aloneSince > patienceMs) keeper.refuseWaiting(nobodyAnswers);
      await clock.sleep(retryMs, ended);
    }
  } finally {
    deps.stdin.destroy();
  }
}
