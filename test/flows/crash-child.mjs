// A Pipewright whose Airflow lives in the parent: proposes, is clicked, and carries out; killed by the parent at will.
import { randomBytes } from "node:crypto";
import { zoneCalendar } from "../../dist/src/compose/zone-calendar.js";
import { requireApprovedAction } from "../../dist/src/core/approval/approved-action.js";
import { createDispatcher } from "../../dist/src/flows/dispatch-outbox.js";
import { createProposals } from "../../dist/src/flows/propose.js";
import { createApprovals } from "../../dist/src/flows/resolve-approval.js";
import { createRunApprovedAction } from "../../dist/src/flows/run-approved-action.js";
import { createVerifyOutcome } from "../../dist/src/flows/verify-outcome.js";
import { canonicalDigest } from "../../dist/src/store/canonical-digest.js";
import { createIds } from "../../dist/src/store/ids.js";
import { openFileStore } from "../../dist/src/store/lowdb/file-store.js";

const [dataDir, address, incidentJson] = process.argv.slice(2);
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, 100));
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
const ids = createIds(randomBytes, clock);
const ben = { id: "slack:BEN", platform: "slack", displayName: "Ben", standing: "member" };

async function call(side, method, args) {
  const response = await fetch(address, { method: "POST", body: JSON.stringify({ side, method, args }) });
  return response.json();
}
const remote = (side, methods) =>
  Object.fromEntries(methods.map((method) => [method, (...args) => call(side, method, args)]));
const reads = ["version", "run", "tasks", "taskInstances", "taskInstance", "recentTaskInstances", "xcom"];
const reader = { connection: "airflow:test", baseUrl: "", ...remote("reader", reads) };
const writer = {
  connection: "airflow:test",
  ...remote("writer", ["dryRunClear"]),
  clear(action, request) {
    requireApprovedAction(action);
    return call("writer", "clear", [request]);
  },
};

const store = await openFileStore({ dataDir, clock, ids, logger });
const deps = {
  store,
  clock,
  ids,
  logger,
  digest: canonicalDigest,
  calendar: zoneCalendar,
  environment: "sandbox",
  policy: { version: "v1", approvers: [ben.id], rules: [] },
  connections: { airflow: new Map([["airflow:test", { reader, writer }]]), databricks: new Map() },
  lookUp: async () => ben,
  identities: { known: (id) => id, among: async () => (id) => id },
  settleMs: 400,
};
const proposals = createProposals(deps);
const approvals = createApprovals({ ...deps, proposals });
const dispatcher = createDispatcher({
  ...deps,
  handlers: new Map([
    ["execute", createRunApprovedAction({ ...deps, proposals })],
    ["verify", createVerifyOutcome(deps)],
    ["publish", async () => undefined],
  ]),
});
if (incidentJson !== undefined) {
  const incident = JSON.parse(incidentJson);
  await store.transact((tx) => tx.incidents.put(incident));
  const requester = { kind: "alert" };
  const proposal = await proposals.propose({ incidentId: incident.id, requester, afterFix: false });
  const clicks = [1, 2, 3].map(() =>
    approvals.decide({ person: ben, proposalId: proposal.id, verdict: "approved", reason: null }),
  );
  await Promise.all(clicks);
  process.send("decided");
}
dispatcher.start();
for (;;) {
  const [incident] = await store.transact((tx) => tx.incidents.find());
  if (incident.state === "recovered") break;
  await clock.sleep(50);
}
await dispatcher.stop();
await store.close();
process.send("recovered");
process.disconnect();
