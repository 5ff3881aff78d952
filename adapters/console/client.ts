import type { ServerResponse } from "node:http";
import type { Clock } from "../../src/core/ports.js";

/** What is said to one open page, or null when this reader must not hear of it. */
export type Announcement = (personId: string | null) => { readonly event: string; readonly data: unknown } | null;

/** The open pages; each hears of changes by server-sent events. */
export interface LivePages {
  /** Keeps the answer open until the page leaves, or its reader may not read any more; false when there are too many pages. */
  open(response: ServerResponse, personId: string | null, mayStillRead?: () => boolean): boolean;
  announce(announcement: Announcement): void;
  /** Ends every stream; the pages try again by themselves. */
  close(): void;
}

const maxPages = 200;
/** A page that reads this slowly is cut off; it reads everything again when it comes back. */
const maxUnsentBytes = 1024 * 1024;
/** Below the idle time-outs of common proxies. */
const heartbeatMs = 15_000;

export function createLivePages(clock: Clock): LivePages {
  const pages = new Map<ServerResponse, { readonly personId: string | null; readonly mayStillRead: () => boolean }>();

  function write(response: ServerResponse, chunk: string): void {
    if (pages.get(response)?.mayStillRead() === false) response.end();
    else if (response.writableLength > maxUnsentBytes) response.destroy();
    else response.write(chunk);
  }

  async function beat(response: ServerResponse, left: AbortSignal): Promise<void> {
    await clock.sleep(heartbeatMs, left);
    while (!left.aborted) {
      write(response, ": still here\n\n");
      await clock.sleep(heartbeatMs, left);
    }
  }

  return {
    open(response, personId, mayStillRead = () => true) {
      if (pages.size >= maxPages) return false;
      response.writeHead(200, {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
      });
      pages.set(response, { personId, mayStillRead });
      const left = new AbortController();
      response.on("close", () => {
        pages.delete(response);
        left.abort();
      });
      write(response, "event: hello\ndata: {}\n\n");
      void beat(response, left.signal);
      return true;
    },
    announce(announcement) {
      for (const [response, { personId }] of pages) {
        const said = announcement(personId);
        if (said) write(response, `event: ${said.event}\ndata: ${JSON.stringify(said.data)}\n\n`);
      }
    },
    close() {
      for (const response of pages.keys()) response.end();
    },
  };
}
