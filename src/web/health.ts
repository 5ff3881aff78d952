import type { Clock } from "../core/ports.js";

/** One thing readiness depends on, in words for a person. */
export interface HealthPart {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What `/readyz` answers from. */
export interface Readiness {
  readonly status: "ready" | "starting" | "unready" | "draining";
  /** One sentence: what is missing, or that all is well. */
  readonly words: string;
  readonly parts: readonly HealthPart[];
}

/** Kept up to date by whoever starts, polls and stops; read by `/readyz`. */
export interface Health {
  /** Names a part that must come up before we are ready: `store`, `console`, `slack`. */
  expect(part: string): void;
  up(part: string): void;
  /** `why` says whose move it is. */
  down(part: string, why: string): void;
  /** A poll of this connection ended well just now; from then on its age counts. */
  polled(connection: string): void;
  drain(): void;
  readiness(): Readiness;
}

/** `staleAfterSeconds`: how old the last good poll of a connection may get before we are no longer ready. */
export function createHealth(deps: { readonly clock: Clock; readonly staleAfterSeconds: number }): Health {
  const parts = new Map<string, { state: "starting" | "up" | "down"; why: string }>();
  const polls = new Map<string, Date>();
  let draining = false;

  function partHealth(): HealthPart[] {
    return [...parts].map(([name, part]) => ({
      name,
      ok: part.state === "up",
      detail: part.state === "down" ? part.why : part.state,
    }));
  }

  function pollHealth(): HealthPart[] {
    const now = deps.clock.now().getTime();
    return [...polls].map(([connection, at]) => {
      const age = Math.max(0, Math.round((now - at.getTime()) / 1000));
      const detail = `last good poll ${age} s ago`;
      return { name: `poll of ${connection}`, ok: age <= deps.staleAfterSeconds, detail };
    });
  }

  function readiness(): Readiness {
    const all = [...partHealth(), ...pollHealth()];
    const bad = all.filter((part) => !part.ok);
    if (draining) return { status: "draining", words: "Stopping: running work is being finished.", parts: all };
    if (bad.length === 0) return { status: "ready", words: "Everything is up.", parts: all };
    const status = bad.every((part) => part.detail === "starting") ? "starting" : "unready";
    const words = `Waiting for ${bad.map((part) => `${part.name} (${part.detail})`).join(", ")}.`;
    return { status, words, parts: all };
  }

  return {
    expect: (part) => void parts.set(part, { state: "starting", why: "" }),
    up: (part) => void parts.set(part, { state: "up", why: "" }),
    down: (part, why) => void parts.set(part, { state: "down", why }),
    polled: (connection) => void polls.set(connection, deps.clock.now()),
    drain: () => {
      draining = true;
    },
    readiness,
  };
}
