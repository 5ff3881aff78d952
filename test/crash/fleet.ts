import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { UpstreamAddress } from "./upstream.js";

/** What every replica of a run shares. */
export interface FleetOptions {
  readonly replicas: number;
  readonly store: { readonly dataDir: string } | { readonly url: string; readonly leaseMs: number };
  readonly time: { readonly start: number; readonly wall: number; readonly speed: number };
  readonly upstreams: readonly UpstreamAddress[];
  readonly executor: "guarded" | "retrying" | "forgetting";
  /** At which of its own transactions a new process kills itself; null: it lives until it is killed. */
  readonly dieAt: () => { readonly at: number; readonly when: "before" | "after" } | null;
  /** How long a process serves, and how many answers it gives at least, before it gets a SIGKILL. */
  readonly life: () => { readonly ms: number; readonly answers: number };
}

/** How a proposal stands, read from any replica. */
export interface ProposalView {
  readonly id: string;
  readonly incidentId: string;
  readonly steps: readonly { readonly do: string; readonly connection: string; readonly runId: string }[];
  readonly state: string;
  readonly decidedBy: string | null;
  readonly execution: string | null;
  readonly outcome: string | null;
  readonly trail: readonly string[];
}

export interface ClickAnswer {
  readonly kind: "decided" | "refused";
  readonly refusal: string | null;
  readonly decidedBy: string | null;
}

/** Replicas of Pipewright as processes of their own; whichever dies is started again. */
export interface Fleet {
  /** Asks any replica that lives, again and again until one answers. */
  ask<T>(door: "seed" | "propose" | "click" | "ended", body: unknown): Promise<T>;
  /** How many have died so far. */
  deaths(): number;
  /** From now on nobody is killed. */
  calm(): void;
  stop(): Promise<void>;
}

const patienceMs = 120_000;

/** A replica said no in words. */
export class Refused extends Error {}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const ports: (number | null)[] = Array.from({ length: options.replicas }, () => null);
  const children: (ChildProcess | null)[] = ports.map(() => null);
  const answered = ports.map(() => 0);
  let stopping = false;
  let isCalm = false;
  let deaths = 0;
  let turn = 0;
  const runs = ports.map((_, index) => keep(index));

  async function keep(index: number): Promise<void> {
    while (!stopping) {
      const { store, time, upstreams, executor } = options;
      const die = isCalm ? null : options.dieAt();
      const child = fork(
        new URL("./replica.mjs", import.meta.url),
        [JSON.stringify({ store, time, upstreams, executor, die })],
        { stdio: ["ignore", "ignore", "inherit", "ipc"] },
      );
      children[index] = child;
      let kill: NodeJS.Timeout | null = null;
      child.on("message", (message) => {
        ports[index] = (message as { port: number }).port;
        const { ms, answers } = options.life();
        const before = answered[index] ?? 0;
        // On a busy machine a life too short for any answer would be followed by another one like it.
        const end = (): void => {
          if (isCalm) return;
          if ((answered[index] ?? 0) - before < answers) kill = setTimeout(end, 200);
          else child.kill("SIGKILL");
        };
        kill = setTimeout(end, ms);
      });
      await once(child, "exit");
      if (kill !== null) clearTimeout(kill);
      ports[index] = null;
      if (!stopping) deaths += 1;
    }
  }

  return {
    async ask(door, body) {
      const until = performance.now() + patienceMs;
      while (performance.now() < until) {
        turn += 1;
        const index = turn % ports.length;
        const port = ports[index];
        if (port !== null && port !== undefined) {
          const answer = await post(port, door, body).catch(() => null);
          if (answer !== null) answered[index] = (answered[index] ?? 0) + 1;
          if (answer?.error !== undefined) throw new Refused(answer.error);
          if (answer !== null) return answer.value as never;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("no replica answers");
    },
    deaths: () => deaths,
    calm() {
      isCalm = true;
    },
    async stop() {
      stopping = true;
      for (const child of children) child?.kill("SIGKILL");
      await Promise.all(runs);
    },
  };
}

async function post(port: number, door: string, body: unknown): Promise<{ value?: unknown; error?: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/${door}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as { value?: unknown; error?: string };
}
