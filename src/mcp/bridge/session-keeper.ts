import type { Duplex } from "node:stream";
import { z } from "zod";
import { controlLine, readControl } from "./control.js";
import { splitLines } from "./line-splitter.js";

/**
 * Keeps one host application's MCP session alive over changing servers: remembers how it was opened, opens it again at the next
 * server, holds back requests while there is none, and asks once more for those that a dying server took with it.
 */
export interface SessionKeeper {
  /** Bytes of the host's stdin. */
  fromHost(chunk: Buffer): void;
  /** Talks to this server until it is gone; `moving` when it said that another one comes. */
  attach(server: Duplex): Promise<"gone" | "moving">;
  /** Sends nothing more to this server, waits for what it owes, and lets go of it. */
  leaveServer(): void;
  /** Lets go of it at once; what it owes is answered with an error. */
  dropServer(): void;
  /** Resolves when the host is owed nothing. */
  idle(): Promise<void>;
  /** Answers what waits for a server. */
  refuseWaiting(words: string): void;
}

const rpc = z.object({ method: z.string().optional(), id: z.union([z.string(), z.number()]).optional() });
type Message = z.infer<typeof rpc>;

const mostWaiting = 1_000;
const lost =
  "Pipewright's main process went away twice while it worked on this. Nothing was run in Airflow or Databricks by this call; ask again.";
const full = "Pipewright's main process is away and too many requests wait for it; ask again later.";

function readMessage(line: string): Message | null {
  try {
    return rpc.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

export function createSessionKeeper(writeToHost: (line: string) => void): SessionKeeper {
  let opening: { readonly line: string; readonly id: string | number; answered: boolean } | null = null;
  let opened: string | null = null;
  let server: Duplex | null = null;
  let ready = false;
  let leaving = false;
  let moving = false;
  let reopenings = 0;
  let reopenId: string | null = null;
  const owed = new Map<string | number, string>();
  /** Asked a second time already: whatever two servers died of is not tried on a third. */
  const askedAgain = new Set<string | number>();
  let waiting: string[] = [];
  const idlers: (() => void)[] = [];

  /** MCP leaves the id out where JSON-RPC says null. */
  const refuse = (id: string | number | undefined, code: number, message: string): void =>
    writeToHost(`${JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } })}\n`);

  const settle = (): void => {
    if (owed.size > 0) return;
    if (leaving) server?.end();
    if (waiting.length > 0) return;
    for (const resolve of idlers.splice(0)) resolve();
  };

  const send = (line: string): void => {
    const message = readMessage(line);
    if (message?.method !== undefined && message.id !== undefined) owed.set(message.id, line);
    server?.write(`${line}\n`);
  };

  const flush = (): void => {
    ready = true;
    const lines = waiting;
    waiting = [];
    for (const line of lines) send(line);
    settle();
  };

  const takeHostLine = (line: string): void => {
    const message = readMessage(line);
    if (message === null) {
      refuse(undefined, -32700, "That line is not a JSON-RPC message.");
      return;
    }
    if (message.method === "initialize" && message.id !== undefined) {
      opening = { line, id: message.id, answered: false };
    }
    if (message.method === "notifications/initialized") opened = line;
    if (server !== null && ready && !leaving) send(line);
    else if (waiting.length < mostWaiting) waiting.push(line);
    else if (message.id !== undefined) refuse(message.id, -32000, full);
  };

  const takeServerLine = (from: Duplex, line: string): void => {
    if (from !== server) return;
    const word = readControl(line);
    if (word !== null) {
      leaving = true;
      moving = word === "moving";
      settle();
      return;
    }
    const message = readMessage(line);
    const id = message?.method === undefined ? message?.id : undefined;
    if (id !== undefined && id === reopenId) {
      reopenId = null;
      if (opened !== null) server.write(`${opened}\n`);
      flush();
      return;
    }
    if (id !== undefined) {
      owed.delete(id);
      askedAgain.delete(id);
      if (opening?.id === id) opening.answered = true;
    }
    writeToHost(`${line}\n`);
    settle();
  };

  const takeLoss = (): void => {
    server = null;
    ready = false;
    leaving = false;
    reopenId = null;
    const again: string[] = [];
    for (const [id, line] of owed) {
      // The session's own opening is simply made again at the next server, and no other request has an effect that a second one would double.
      if (opening?.id === id || !askedAgain.has(id)) again.push(line);
      else refuse(id, -32000, lost);
      if (askedAgain.has(id)) askedAgain.delete(id);
      else askedAgain.add(id);
    }
    waiting.unshift(...again);
    owed.clear();
    settle();
  };

  const hostLines = splitLines(takeHostLine, () => refuse(undefined, -32600, "That message is over 10 MB."));

  return {
    fromHost: hostLines,
    attach(next) {
      server = next;
      leaving = false;
      next.on(
        "data",
        splitLines(
          (line) => takeServerLine(next, line),
          () => next.destroy(),
        ),
      );
      next.on("error", () => next.destroy());
      if (opening?.answered) {
        reopenings += 1;
        reopenId = `pipewright-reopen-${reopenings}`;
        next.write(`${JSON.stringify({ ...JSON.parse(opening.line), id: reopenId })}\n`);
      } else flush();
      return new Promise((resolve) => {
        next.once("end", () => next.destroy());
        next.once("close", () => {
          if (server === next) takeLoss();
          resolve(moving ? "moving" : "gone");
        });
        next.resume();
      });
    },
    leaveServer() {
      leaving = true;
      settle();
    },
    dropServer() {
      server?.destroy();
    },
    idle() {
      return new Promise((resolve) => {
        idlers.push(resolve);
        settle();
      });
    },
    refuseWaiting(words) {
      const lines = waiting;
      waiting = [];
      for (const line of lines) {
        const message = readMessage(line);
        if (message?.method !== undefined && message.id !== undefined) refuse(message.id, -32000, words);
      }
      settle();
    },
  };
}

/** The first line of whoever connects to a holder for an MCP session. */
export const sessionHello = controlLine("session");
