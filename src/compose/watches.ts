import type { Config } from "../config/config.js";
import type { Failure } from "../core/failure.js";
import { findOwnedRuns } from "../flows/find-run-owner.js";
import { takeFirstContact } from "../flows/first-contact.js";
import { createKeepFor } from "../flows/keep-for.js";
import { createPollLoop, type PollLoop } from "../flows/poll-loop.js";
import { settleIncidents } from "../flows/settle-incidents.js";
import { takeFailure } from "../flows/take-failure.js";
import { createLead } from "../flows/take-the-lead.js";
import { tellOutages } from "../flows/tell-outage.js";
import { createAirflowWatch, type WatchDeps } from "../flows/watch-airflow.js";
import { createDatabricksWatch } from "../flows/watch-databricks.js";
import type { Health } from "../web/health.js";
import type { Core } from "./core.js";
import { redactedFailure } from "./redacted.js";

/** Starts looking at every connection; what is found wakes the outbox. */
export function startWatches(
  config: Config,
  core: Core,
  deps: { readonly wake: () => void; readonly health: Health },
): PollLoop {
  const { store, clock, ids, logger, connections, redact } = core;
  const take = { store, clock, ids, logger, simulated: config.mode === "sandbox" };
  const watchDeps: WatchDeps = {
    store,
    clock,
    logger,
    async onFailure(failure: Failure) {
      const taken = await takeFailure(redactedFailure(failure, redact), take);
      if (taken.kind !== "known") deps.wake();
    },
    onFirstContact: (connection, failures) =>
      takeFirstContact(
        connection,
        failures.map((failure) => redactedFailure(failure, redact)),
        take,
      ),
  };
  const readers = () => [...connections.airflow.values()].map(({ reader }) => reader);
  const findOwned: Parameters<typeof createDatabricksWatch>[1]["findOwned"] = (runs) =>
    findOwnedRuns(runs, { store, readers, logger });
  const watches = [
    ...readers().map((reader) => createAirflowWatch(reader, watchDeps)),
    ...[...connections.databricks.values()].map(({ reader }) =>
      createDatabricksWatch(reader, { ...watchDeps, findOwned }),
    ),
  ];
  const keepFor = createKeepFor({
    store,
    clock,
    logger,
    retention: config.privacy,
    retireAudit: (before) => core.audit.retire(before),
  });
  const lookedAt = new Map<string, number>();
  const loop: PollLoop = createPollLoop(watches, {
    clock,
    logger,
    everyMs: config.pollSeconds * 1_000,
    lead: createLead(store.leases, "poll"),
    async afterRound(led) {
      // What another replica sees is its readiness, not ours.
      for (const { connection, problem } of loop.status()) if (problem === null || !led) deps.health.polled(connection);
      if (led) await tellOutages(loop.status(), { store, clock, ids });
      await core.audit.relay();
      await keepFor();
      if (led) await settleIncidents({ store, clock, ids, logger, connections, lookedAt });
      deps.wake();
    },
  });
  loop.start();
  return loop;
}
