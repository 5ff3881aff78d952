import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { type ConsoleOptions, createConsoleAdapter, sandboxPeople } from "../../../adapters/console/index.js";
import type { Card } from "../../../src/chat/card.js";
import type { IncomingEvent } from "../../../src/chat/incoming.js";
import type { Clock, Ids, Logger } from "../../../src/core/ports.js";

const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Stands still until it is told otherwise; whoever sleeps wakes only when the signal says so. */
export function stoppedClock(at: string): Clock & { set(at: string): void } {
  let now = at;
  return {
    now: () => new Date(now),
    set: (next) => {
      now = next;
    },
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}

export function countingIds(): Ids {
  let count = 0;
  return { next: (kind) => `${kind}_${++count}` };
}

/** A history that lasts as long as the test. */
export function memoryHistory(): ConsoleOptions["history"] & { stored: unknown } {
  const history = {
    stored: null as unknown,
    load: async () => history.stored,
    save: async (state: unknown) => {
      history.stored = JSON.parse(JSON.stringify(state));
    },
  };
  return history;
}

export interface ConsoleAtWork {
  readonly adapter: ReturnType<typeof createConsoleAdapter>;
  readonly address: string;
  /** Everything that people did, in order. */
  readonly taken: IncomingEvent[];
  readonly clock: ReturnType<typeof stoppedClock>;
  get(path: string): Promise<Response>;
  /** Posts as the page does: own origin, the session's token. `headers` replace those; null leaves one out. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string | null>>): Promise<Response>;
  stop(): Promise<void>;
}

/** A started console behind a real HTTP server on loopback. */
export async function startConsole(options: Partial<ConsoleOptions> = {}): Promise<ConsoleAtWork> {
  const clock = stoppedClock("2026-05-04T02:00:00.000Z");
  const adapter = createConsoleAdapter({
    people: sandboxPeople,
    mode: "sandbox",
    history: memoryHistory(),
    clock,
    ids: countingIds(),
    logger: quiet,
    ...options,
  });
  const taken: IncomingEvent[] = [];
  await adapter.start({
    async take(event) {
      taken.push(event);
    },
  });
  const server = createServer(express().use(adapter.router));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string) => fetch(`${address}${path}`);

  return {
    adapter,
    address,
    taken,
    clock,
    get,
    async post(path, body, headers = {}) {
      const { token } = (await (await get("/api/session")).json()) as { token: string };
      const all = { origin: address, "content-type": "application/json", "x-pipewright-token": token, ...headers };
      const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
      return fetch(`${address}${path}`, { method: "POST", headers: kept, body: JSON.stringify(body) });
    },
    async stop() {
      await adapter.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A card of one line, with buttons when asked. */
export function smallCard(words: string, more: Partial<Card> = {}): Card {
  return {
    subject: "incident:inc_9",
    tone: "failed",
    fallback: words,
    simulated: true,
    blocks: [{ b: "lines", lines: [[{ t: "text", text: words }]] }],
    ...more,
  };
}
