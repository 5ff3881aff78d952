import { randomUUID } from "node:crypto";
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Clock } from "../../core/ports.js";

export interface Session {
  readonly owner: string;
  readonly transport: StreamableHTTPServerTransport;
  /** Calls that wait for their answer. */
  busy: number;
  usedAt: number;
}

export interface SessionLimits {
  readonly mostPerToken: number;
  readonly idleMs: number;
}

/** Sessions of MCP clients, each bound to the token that opened it. */
export interface Sessions {
  /** null for an id that is unknown, over, or another token's: nobody learns which. */
  find(id: string, owner: string): Session | null;
  /** A session that gets its id when it answers `initialize`; null where all of the owner's are busy. */
  open(owner: string): Promise<Session | null>;
  /** Takes no new call, waits for the running ones, and closes all. */
  drain(deadline: AbortSignal): Promise<void>;
}

const lookMs = 200;
const sweepMs = 60_000;

export function createSessions(
  createServer: (owner: string) => McpServer,
  { mostPerToken, idleMs }: SessionLimits,
  clock: Clock,
): Sessions {
  const open = new Map<string, Session>();
  const ended = new AbortController();
  const now = (): number => clock.now().getTime();
  const ofOwner = (owner: string): readonly (readonly [string, Session])[] =>
    [...open].filter(([, session]) => session.owner === owner).sort(([, a], [, b]) => a.usedAt - b.usedAt);

  async function close(id: string): Promise<void> {
    const session = open.get(id);
    open.delete(id);
    await session?.transport.close();
  }
  async function endIdle(): Promise<void> {
    const idle = [...open].filter(([, { busy, usedAt }]) => busy === 0 && now() - usedAt >= idleMs);
    await Promise.all(idle.map(([id]) => close(id)));
  }
  /** A client that comes back without having said goodbye takes the place of the one it used longest ago. */
  async function makeRoom(owner: string): Promise<boolean> {
    await endIdle();
    const own = ofOwner(owner);
    if (own.length < mostPerToken) return true;
    const oldest = own.find(([, { busy }]) => busy === 0);
    if (oldest !== undefined) await close(oldest[0]);
    return oldest !== undefined;
  }
  async function sweep(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(sweepMs, ended.signal);
      await endIdle();
    }
  }
  const sweeping = sweep();

  return {
    find(id, owner) {
      const session = open.get(id);
      if (session?.owner !== owner || ended.signal.aborted) return null;
      if (session.busy === 0 && now() - session.usedAt >= idleMs) {
        void close(id);
        return null;
      }
      session.usedAt = now();
      return session;
    },
    async open(owner) {
      if (ended.signal.aborted || !(await makeRoom(owner))) return null;
      const session: Session = {
        owner,
        busy: 0,
        usedAt: now(),
        transport: new StreamableHTTPServerTransport({
          sessionIdGenerator: () => randomUUID(),
          onsessioninitialized: (id) => void open.set(id, session),
          onsessionclosed: (id) => void open.delete(id),
        }),
      };
      await createServer(owner).connect(session.transport);
      return session;
    },
    async drain(deadline) {
      ended.abort();
      await sweeping;
      while (!deadline.aborted && [...open.values()].some(({ busy }) => busy > 0)) await clock.sleep(lookMs, deadline);
      await Promise.all([...open.keys()].map(close));
    },
  };
}
