// One Pipewright of the crash suite: real store, real clients, real flows; a small door for clicks; killed by the parent at
// will, or by itself at a transaction.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { createAirflow } from "../../dist/src/clients/airflow/index.js";
import { createDatabricks } from "../../dist/src/clients/databricks/index.js";
import { zoneCalendar } from "../../dist/src/compose/zone-calendar.js";
import { loadConfig } from "../../dist/src/config/load.js";
import { createDispatcher } from "../../dist/src/flows/dispatch-outbox.js";
import { createIdentities } from "../../dist/src/flows/identities.js";
import { createProposals } from "../../dist/src/flows/propose.js";
import { createApprovals } from "../../dist/src/flows/resolve-approval.js";
import { createRunApprovedAction } from "../../dist/src/flows/run-approved-action.js";
import { createVerifyOutcome } from "../../dist/src/flows/verify-outcome.js";
import { canonicalDigest } from "../../dist/src/store/canonical-digest.js";
import { createIds } from "../../dist/src/store/ids.js";
import { openFileStore } from "../../dist/src/store/lowdb/file-store.js";
import { openPostgresStore } from "../../dist/src/store/postgres/postgres-store.js";
import { naiveExecutors } from "./naive-executors.mjs";

const { store: place, time, upstreams, executor, die } = JSON.parse(process.argv[2]);
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
/** All processes share one time that runs faster, so that every wait and time-out of the product is as much shorter. */
const clock = {
  now: () => new Date(time.start + (Date.now() - time.wall) * time.speed),
  async sleep(ms, signal) {
    await pause(ms / time.speed, undefined, signal === undefined ? {} : { signal }).catch(quiet);
  },
};
const ids = createIds(randomBytes, clock);
const real =
  place.url === undefined
    ? await openFileStore({ dataDir: place.dataDir, clock, ids, logger })
    : await openPostgresStore({ url: () => place.url, clock, ids, logger, leaseMs: place.leaseMs });
let transactions = 0;
const store = {
  leases: real.leases,
  async transact(fn) {
    transactions += 1;
    const number = transactions;
    if (die?.when === "before" && number === die.at) process.kill(process.pid, "SIGKILL");
    const value = await real.transact(fn);
    if (die?.when === "after" && number === die.at) process.kill(process.pid, "SIGKILL");
    return value;
  },
  close: () => real.close(),
};

const secret = (value) => ({ name: "test", read: () => value });
const http = { clock, redact: (text) => text, proxy: null, logger };
const airflow = upstreams.map(({ airflow: { name, baseUrl }, databricks, users }) => {
  const login = ({ username, password }) => ({ kind: "airflow-login", username, password: secret(password) });
  const client = createAirflow(
    { name, baseUrl, read: login(users.reader), write: login(users.writer), databricks: databricks.name },
    http,
  );
  return [name, { reader: client.reader, writer: client.writer, databricks: databricks.name }];
});
const databricks = upstreams.map(({ databricks: { name, host }, tokens }) => {
  const bearer = (token) => ({ kind: "bearer", token: secret(token) });
  const client = createDatabricks({ name, host, read: bearer(tokens.reader), write: bearer(tokens.writer) }, http);
  return [name, { reader: client.reader, writer: client.writer }];
});

const people = new Map(
  ["Ben", "Cleo", "Eve"].map((name) => {
    const id = `slack:${name.toUpperCase()}`;
    return [id, { id, platform: "slack", displayName: name, standing: "member" }];
  }),
);
const lookUp = async (id) => people.get(id);
const deps = {
  store,
  clock,
  ids,
  logger,
  digest: canonicalDigest,
  calendar: zoneCalendar,
  environment: "sandbox",
  connections: { airflow: new Map(airflow), databricks: new Map(databricks) },
  policy: patient(loadConfig({ PIPEWRIGHT_SANDBOX: "1", PIPEWRIGHT_APPROVERS: [...people.keys()].join(",") }).policy),
  lookUp,
  identities: createIdentities({ humans: [], emailDomains: [], lookUp }),
  perHour: { alert: 1_000_000, model: 0 },
};
const proposals = createProposals(deps);
const approvals = createApprovals({ ...deps, proposals });
const execute = naiveExecutors[executor]?.(deps) ?? createRunApprovedAction({ ...deps, proposals });
const dispatcher = createDispatcher({
  ...deps,
  concurrency: 16,
  handlers: new Map([
    ["execute", execute],
    ["verify", createVerifyOutcome(deps)],
    ["publish", async () => undefined],
    ["investigate", async () => undefined],
  ]),
});

/** As the configuration makes it; but an hour is three minutes here, and no approval shall expire on a busy machine. */
function patient(policy) {
  const [rule] = policy.rules;
  const forAll = { ...rule, dag: null, idempotent: null, expiresMinutes: 1_440 };
  return { ...policy, rules: [...policy.rules, forAll] };
}

const doors = {
  async seed(incidents) {
    await store.transact(async (tx) => {
      for (const incident of incidents)
        if ((await tx.incidents.get(incident.id)) === null) await tx.incidents.put(incident);
    });
    return null;
  },
  async propose(incidentId) {
    const proposal = await proposals.propose({ incidentId, requester: { kind: "alert" }, afterFix: false });
    return proposal.id;
  },
  async click({ proposalId, personId }) {
    const person = people.get(personId);
    const outcome = await approvals.decide({ person, proposalId, verdict: "approved", reason: null });
    dispatcher.wake();
    const { kind, proposal, refusal } = outcome;
    return { kind, refusal: refusal?.kind ?? null, decidedBy: proposal?.decision?.personId ?? null };
  },
  async ended() {
    const rows = await store.transact((tx) => tx.proposals.find());
    return rows.map(({ id, incidentId, plan, state, execution, decision }) => ({
      id,
      incidentId,
      steps: plan.steps.map((step) => ({ do: step.do, connection: step.connection, runId: step.runId })),
      state,
      decidedBy: decision?.personId ?? null,
      execution: execution?.state ?? null,
      outcome: execution?.outcome ?? null,
      trail: execution?.trail.map(({ text }) => text) ?? [],
    }));
  },
};
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  try {
    const value = await doors[request.url.slice(1)](JSON.parse(body));
    response.end(JSON.stringify({ value }));
  } catch (error) {
    response.end(JSON.stringify({ error: `${error.message} ${error.fix ?? ""}`.trim() }));
  }
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
dispatcher.start();
