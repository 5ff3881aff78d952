import type { Server } from "node:http";
import type { Clock } from "../core/ports.js";
import { createAirflowServer } from "./airflow/server.js";
import type { AirflowSite } from "./airflow/site.js";
import { createAirflow2Server } from "./airflow/v1/server.js";
import type { BehaviourWish } from "./behaviour.js";
import { readBehaviour } from "./behaviour.js";
import { createControlRouter } from "./control.js";
import { type Credentials, credentialsOf } from "./credentials.js";
import { runStatusOf } from "./databricks/runner.js";
import { createDatabricksServer } from "./databricks/server.js";
import type { DatabricksSite } from "./databricks/site.js";
import { pipelines } from "./pipelines/index.js";
import { close, listen } from "./serving.js";
import { advance } from "./world/advance.js";
import { addNewPipelines, emptyWorld, playHistory } from "./world/birth.js";
import { type FaultWords, faultWords, healFault, injectFault, markFixed } from "./world/faults.js";
import { createKeeper, type WorldFile } from "./world/keeper.js";
import type { Sim } from "./world/sim.js";
import type { WorldState } from "./world/state.js";

/** How long after the start, in milliseconds, each pipeline's live failure comes; finance_close stays healthy. */
const LIVE_FAULTS: readonly { readonly id: string; readonly afterMs: number }[] = [
  { id: "orders_daily:spot_loss", afterMs: 8_000 },
  { id: "clickstream_hourly:http_503", afterMs: 10_000 },
  { id: "customer_360:schema_drift", afterMs: 12_000 },
  { id: "inventory_sync:partition_missing", afterMs: 13_000 },
  { id: "payments_recon:bad_batch", afterMs: 14_000 },
  { id: "marketing_attribution:package_missing", afterMs: 15_000 },
  { id: "finance_close:frightening_run", afterMs: 9_000 },
];
const BREAK_AFTER_MS = 4_000;

export interface SandboxOptions {
  readonly seed: number | string;
  readonly clock: Pick<Clock, "now"> | (() => Date);
  /** Where the world is kept between starts; without it, it begins anew each time. */
  readonly dataFile?: WorldFile;
  /** 2 halves every duration; 1 when left out. */
  readonly speed?: number;
  /** Which Airflow it simulates: 3.3 with API v2, or 2.11 with API v1. 3 when left out. */
  readonly airflow?: 2 | 3;
  /** False: nothing breaks by itself at the start. */
  readonly liveFailures?: boolean;
}

export interface SandboxAddresses extends Credentials {
  readonly airflowUrl: string;
  readonly databricksUrl: string;
  /** Base of the control API. */
  readonly controlUrl: string;
}

export interface BrokenRun {
  readonly dagId: string;
  readonly runId: string;
  readonly failAt: string;
}

export interface SandboxSnapshot {
  readonly now: string;
  readonly dagRuns: readonly {
    readonly dagId: string;
    readonly runId: string;
    readonly state: string;
    readonly tasks: Readonly<Record<string, string>>;
  }[];
  readonly jobRuns: readonly {
    readonly runId: string;
    readonly name: string;
    readonly state: string;
    readonly repairs: number;
  }[];
}

/** The simulated company: an Airflow and a Databricks workspace over real HTTP, one world behind both. */
export interface Sandbox {
  start(where: {
    readonly host: string;
    readonly airflowPort?: number;
    readonly databricksPort?: number;
  }): Promise<SandboxAddresses>;
  /** Keeps the world and closes both servers. */
  stop(): Promise<void>;
  faults(): readonly FaultWords[];
  /** A new run of the fault's pipeline fails within a few seconds; null for an unknown fault. */
  breakSomething(faultId: string): BrokenRun | null;
  /** The cause goes away; false for an unknown fault. */
  healFault(faultId: string): boolean;
  /** "Mark the fix": reruns of the pipeline succeed from now on; false for an unknown pipeline. */
  markFixed(pipeline: string): boolean;
  /** How tasks of jobs that came in over the API behave; later ones win. */
  setBehaviours(wishes: readonly BehaviourWish[]): void;
  /** Ends the failing of one job's tasks, or of all; says how many behaviours were healed. */
  healBehaviours(job: string | null): number;
  snapshot(): SandboxSnapshot;
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const clock = options.clock;
  const now = (): number => (typeof clock === "function" ? clock() : clock.now()).getTime();
  const credentials = credentialsOf(options.seed);
  let world: WorldState = emptyWorld(options.seed, now());
  const sim: Sim = {
    get world() {
      return world;
    },
    pipelines,
    speed: options.speed ?? 1,
  };
  const keeper = createKeeper(options.dataFile ?? null, () => world);
  const servers: Server[] = [];
  const catchUp = (): void => {
    if (advance(sim, now())) keeper.changed();
  };
  const airflow: AirflowSite = {
    sim,
    users: credentials.airflow.users,
    tokenSecret: credentials.airflow.tokenSecret,
    workspaceUrl: "",
    keep: () => keeper.keep(),
  };
  const databricks: DatabricksSite = {
    sim,
    users: credentials.databricks.users,
    workspaceUrl: "",
    keep: () => keeper.keep(),
  };

  const breakAt = (faultId: string, failAt: number): BrokenRun | null => {
    const run = injectFault(sim, faultId, failAt);
    if (run === null) return null;
    advance(sim, now());
    keeper.keepInBackground();
    return { dagId: run.dagId, runId: run.runId, failAt: new Date(failAt).toISOString() };
  };

  const sandbox: Sandbox = {
    async start({ host, airflowPort = 0, databricksPort = 0 }) {
      const kept = await keeper.load();
      if (kept === null) playHistory(sim, now());
      else {
        world = kept;
        addNewPipelines(sim, now());
      }
      const started = now();
      advance(sim, started);
      if (options.liveFailures !== false) {
        for (const { id, afterMs } of LIVE_FAULTS) if (!isLive(sim, id)) breakAt(id, started + afterMs);
      }
      const createServer = options.airflow === 2 ? createAirflow2Server : createAirflowServer;
      const airflowApp = createServer(airflow, catchUp, createControlRouter(sandbox));
      const databricksApp = createDatabricksServer(databricks, catchUp);
      const one = await listen(airflowApp, host, airflowPort, world.ports?.airflow ?? 0);
      servers.push(one.server);
      const other = await listen(databricksApp, host, databricksPort, world.ports?.databricks ?? 0);
      servers.push(other.server);
      world.ports = { airflow: one.port, databricks: other.port };
      await keeper.keep();
      airflow.workspaceUrl = other.url;
      databricks.workspaceUrl = other.url;
      return { ...credentials, airflowUrl: one.url, databricksUrl: other.url, controlUrl: `${one.url}/_control` };
    },
    async stop() {
      for (const server of servers.splice(0)) await close(server);
      advance(sim, now());
      await keeper.close();
    },
    faults: () => faultWords(sim),
    breakSomething(faultId) {
      catchUp();
      return breakAt(faultId, now() + BREAK_AFTER_MS);
    },
    healFault(faultId) {
      catchUp();
      const known = healFault(sim, faultId);
      keeper.keepInBackground();
      return known;
    },
    markFixed(pipeline) {
      catchUp();
      const known = markFixed(sim, pipeline);
      keeper.keepInBackground();
      return known;
    },
    setBehaviours(wishes) {
      catchUp();
      world.behaviours.unshift(...wishes.map(readBehaviour));
      keeper.keepInBackground();
    },
    healBehaviours(job) {
      catchUp();
      const healed = world.behaviours.filter((behaviour) => job === null || behaviour.job === job);
      for (const behaviour of healed) {
        behaviour.failsUntilHealed = false;
        behaviour.failsTimes = 0;
      }
      keeper.keepInBackground();
      return healed.length;
    },
    snapshot() {
      catchUp();
      return {
        now: new Date(world.now).toISOString(),
        dagRuns: world.dagRuns.map((run) => ({
          dagId: run.dagId,
          runId: run.runId,
          state: run.state,
          tasks: Object.fromEntries(
            run.tasks.map((task) => [
              task.mapIndex >= 0 ? `${task.taskId}[${task.mapIndex}]` : task.taskId,
              task.state ?? "none",
            ]),
          ),
        })),
        jobRuns: world.jobRuns.map((run) => {
          const { lifeCycle, result } = runStatusOf(run);
          return { runId: run.runId, name: run.runName, state: result ?? lifeCycle, repairs: run.repairs.length };
        }),
      };
    },
  };
  return sandbox;
}

/** Whether the pipeline's newest run is failed, or on its way there, by a fault. */
function isLive(sim: Sim, faultId: string): boolean {
  const dagId = faultId.slice(0, faultId.indexOf(":"));
  if (dagId === "finance_close") return false;
  return sim.world.dagRuns.some(
    (run) => run.dagId === dagId && run.fault !== null && (run.state === "failed" || run.endedAt === null),
  );
}
