import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zoneCalendar } from "../../src/compose/zone-calendar.js";
import type { Proposal } from "../../src/core/approval/proposal.js";
import type { Failure, TaskFailure } from "../../src/core/failure.js";
import type { Incident } from "../../src/core/incident.js";
import type { Person } from "../../src/core/person.js";
import type { Policy, Rule } from "../../src/core/remediation/rule.js";
import type { OutboxItem, Store } from "../../src/core/store.js";
import type { Verdict } from "../../src/core/verdict.js";
import { createDispatcher, type Dispatcher, type OutboxHandler } from "../../src/flows/dispatch-outbox.js";
import { createIdentities, type IdentityDeps } from "../../src/flows/identities.js";
import { createProposals, type ProposalDesk } from "../../src/flows/propose.js";
import { type Approvals, createApprovals } from "../../src/flows/resolve-approval.js";
import { createRunApprovedAction } from "../../src/flows/run-approved-action.js";
import { offerAgain } from "../../src/flows/stop-plan.js";
import { createVerifyOutcome } from "../../src/flows/verify-outcome.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { createFakeAirflow, type FakeAirflow, Killed } from "./fake-airflow.js";
import type { FakeDatabricks } from "./fake-databricks.js";

export const ben: Person = { id: "slack:BEN", platform: "slack", displayName: "Ben", standing: "member" };
export const cleo: Person = { id: "slack:CLEO", platform: "slack", displayName: "Cleo", standing: "member" };
export const ana: Person = { id: "slack:ANA", platform: "slack", displayName: "Ana", standing: "member" };
export const dan: Person = { id: "slack:DAN", platform: "slack", displayName: "Dan", standing: "guest" };

export const transient: Verdict = {
  outcome: "diagnosed",
  category: "network_transient",
  signature: "http-503",
  confidence: 0.9,
  summary: "billing.example answered 503; it should pass.",
  rerunHelps: "yes",
  nextStep: "Run it again.",
  evidence: [],
  alternatives: [],
  databricksRuns: [],
  object: "billing.example",
  normalisedException: null,
  failedAncestor: null,
  redactions: 0,
  warnings: [],
};

/** A run in which `load` failed and `publish` waits for it. */
export function invoices() {
  return createFakeAirflow([
    { id: "extract", state: "success" },
    { id: "load", after: ["extract"], state: "failed" },
    { id: "publish", after: ["load"], state: "upstream_failed" },
  ]);
}

export interface WorldOptions {
  readonly airflow: FakeAirflow;
  /** More runs, of other DAGs or on other connections. */
  readonly besides?: readonly FakeAirflow[];
  readonly databricks?: FakeDatabricks;
  readonly verdict?: Verdict;
  readonly failures?: readonly Failure[];
  readonly rules?: readonly Rule[];
  readonly breakGlass?: Policy["breakGlass"];
  readonly readOnly?: boolean;
  /** Which ids are one human; nobody has two when it is left out. */
  readonly identity?: Pick<IdentityDeps, "humans" | "emailDomains">;
}

export interface World {
  readonly store: Store;
  readonly proposals: ProposalDesk;
  readonly approvals: Approvals;
  readonly clock: ReturnType<typeof movedClock>;
  readonly people: Map<string, Person>;
  readonly published: string[];
  /** Proposals for which the glass was broken. */
  readonly announced: string[];
  /** Keys of the failures that were to be diagnosed again. */
  readonly investigated: string[];
  readonly dispatcher: Dispatcher;
  /** Every transaction counts one; at the given count the process dies. */
  dieAt(transaction: number): void;
  transactions(): number;
  /** Starts the flows anew on the data that is on disk, with other rules where some are given. */
  restart(rules?: readonly Rule[]): Promise<void>;
  /** Does all that is ordered, moving the clock to what waits, until nothing is left or the process has died. */
  drive(onIdle?: () => void): Promise<void>;
  propose(requester?: Person): Promise<Proposal>;
  click(person: Person, proposalId: string, verdict?: "approved" | "denied"): ReturnType<Approvals["decide"]>;
  /** Ben approves, and all that follows is done; `meanwhile` is what the other sides do between our looks. */
  approved(proposal: Proposal, meanwhile?: () => void): Promise<Proposal>;
  proposal(id: string): Promise<Proposal>;
  /** What the card's trail says, line by line. */
  trail(proposalId: string): Promise<readonly string[]>;
  incident(): Promise<Incident>;
  auditActions(): Promise<readonly string[]>;
  /** What reruns are counted for. */
  marks(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Does it at one of the moments when nothing of ours is at work. */
export function atLook(look: number, act: () => void): () => void {
  let looks = 0;
  return () => {
    looks += 1;
    if (looks === look) act();
  };
}

export function taskFailed(taskId: string, mapIndex = -1, more: Partial<TaskFailure> = {}): TaskFailure {
  return {
    kind: "airflow_task",
    connection: "airflow:test",
    dagId: "invoices",
    runId: "scheduled__2026-03-01",
    taskId,
    mapIndex,
    tryNumber: 1,
    maxTries: 0,
    state: "failed",
    operator: null,
    startedAt: null,
    endedAt: "2026-03-01T07:55:00Z",
    runAfter: null,
    ...more,
  };
}

/** Everything from propose to verified, on a real file store, with a clock that only moves when told. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { airflow, databricks } = options;
  const fakes = [airflow, ...(options.besides ?? [])];
  const dataDir = await mkdtemp(join(tmpdir(), "pipewright-flow-"));
  const clock = movedClock("2026-03-01T08:00:00Z");
  const ids = createIds(randomBytes, clock);
  const people = new Map([ben, cleo, ana, dan].map((person) => [person.id, person]));
  const published: string[] = [];
  const announced: string[] = [];
  const investigated: string[] = [];
  let policy: Policy = {
    version: "v1",
    approvers: [ben.id, cleo.id],
    rules: options.rules ?? [],
    breakGlass: options.breakGlass ?? null,
  };
  const connections = {
    airflow: new Map(
      [...new Set(fakes.map(({ home }) => home.connection))].map((name) => {
        const { reader, writer } = together(fakes.filter(({ home }) => home.connection === name));
        return [name, { reader, writer: options.readOnly ? null : writer }];
      }),
    ),
    databricks: new Map(
      databricks === undefined ? [] : [["databricks:test", { reader: databricks.reader, writer: databricks.writer }]],
    ),
  };
  const lookUp = async (id: string): Promise<Person> => {
    const person = people.get(id);
    if (person === undefined) throw new Error("the platform does not answer");
    return person;
  };

  let count = 0;
  let dieAt = Number.POSITIVE_INFINITY;
  let isDead = false;
  let died: () => void = () => undefined;
  let death = newDeath();
  function newDeath(): Promise<void> {
    return new Promise((resolve) => {
      died = resolve;
    });
  }
  const kill = (): void => {
    isDead = true;
    died();
  };
  for (const fake of fakes) fake.deaths.kill = kill;
  if (databricks !== undefined) databricks.deaths.kill = kill;

  let real = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
  const store: Store = {
    async transact(fn) {
      count += 1;
      if (count >= dieAt) kill();
      if (isDead) throw new Killed();
      return real.transact(fn);
    },
    close: () => real.close(),
  };

  function wire() {
    const common = {
      store,
      connections,
      policy,
      clock,
      ids,
      digest: canonicalDigest,
      calendar: zoneCalendar,
      logger: silentLogger,
    };
    const proposals = createProposals({ ...common, environment: "sandbox" });
    const identities = createIdentities({ humans: [], emailDomains: [], ...options.identity, lookUp });
    const approvals = createApprovals({ ...common, lookUp, identities, proposals });
    const handlers = new Map<OutboxItem["kind"], OutboxHandler>([
      ["execute", createRunApprovedAction({ ...common, lookUp, identities, proposals })],
      ["verify", createVerifyOutcome(common)],
      ["offer", (item) => offerAgain(item, { ...common, proposals })],
      ["announce", async (item) => void announced.push(item.subject)],
      ["publish", async (item) => void published.push(item.subject)],
      ["investigate", async (item) => void investigated.push(String(item.payload["failureKey"]))],
    ]);
    return { proposals, approvals, dispatcher: createDispatcher({ store, clock, logger: silentLogger, handlers }) };
  }

  let parts = wire();
  await store.transact((tx) => tx.incidents.put(incidentAbout(options)));

  const world: World = {
    store,
    clock,
    people,
    published,
    announced,
    investigated,
    get proposals() {
      return parts.proposals;
    },
    get approvals() {
      return parts.approvals;
    },
    get dispatcher() {
      return parts.dispatcher;
    },
    dieAt(transaction) {
      dieAt = count + transaction;
    },
    transactions: () => count,
    async restart(rules) {
      await parts.dispatcher.stop(AbortSignal.abort());
      dieAt = Number.POSITIVE_INFINITY;
      isDead = false;
      death = newDeath();
      await real.close();
      real = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
      if (rules !== undefined) policy = { ...policy, rules };
      parts = wire();
    },
    async drive(onIdle) {
      for (let round = 0; round < 200 && !isDead; round += 1) {
        await Promise.race([parts.dispatcher.idle(), death]);
        if (isDead) return;
        for (const fake of fakes) fake.schedule();
        onIdle?.();
        const items = await real.transact((tx) => tx.outbox.find());
        if (items.length === 0) return;
        const heads = items.filter(
          (item) => !items.some((o) => o.kind === item.kind && o.subject === item.subject && o.id < item.id),
        );
        const next = Math.min(...heads.map((item) => Date.parse(item.notBefore ?? item.createdAt)));
        clock.move(Math.max(0, next - clock.now().getTime()));
      }
    },
    propose: (requester) =>
      parts.proposals.propose({
        incidentId: "inc_1",
        requester:
          requester === undefined
            ? { kind: "alert" }
            : { kind: "person", id: requester.id, name: requester.displayName },
        afterFix: false,
      }),
    click: (person, proposalId, verdict = "approved") =>
      parts.approvals.decide({ person, proposalId, verdict, reason: null }),
    async approved(proposal, meanwhile) {
      await world.click(ben, proposal.id);
      await world.drive(meanwhile);
      return world.proposal(proposal.id);
    },
    trail: async (id) => (await world.proposal(id)).execution?.trail.map((line) => line.text) ?? [],
    async proposal(id) {
      const row = await real.transact((tx) => tx.proposals.get(id));
      if (row === null) throw new Error(`no proposal ${id}`);
      return row;
    },
    async incident() {
      const row = await real.transact((tx) => tx.incidents.get("inc_1"));
      if (row === null) throw new Error("no incident");
      return row;
    },
    auditActions: async () => (await real.transact((tx) => tx.audit.find())).map((row) => row.action),
    async marks() {
      const ids = (await real.transact((tx) => tx.marks.find())).map((mark) => mark.id);
      return ids.filter((id) => id.startsWith("reruns|")).sort();
    },
    async close() {
      await parts.dispatcher.stop(AbortSignal.abort());
      await real.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

/** The runs of one connection behind one reader and one writer. */
function together(fakes: readonly FakeAirflow[]): Pick<FakeAirflow, "reader" | "writer"> {
  const [first, ...others] = fakes;
  if (first === undefined) throw new Error("no runs");
  if (others.length === 0) return first;
  const of = (dagId: string, runId: string | null = null): FakeAirflow => {
    const found = fakes.find(({ home }) => home.dagId === dagId && (runId === null || home.runId === runId));
    if (found === undefined) throw new Error(`${first.home.connection} has no run ${runId} of ${dagId}`);
    return found;
  };
  const holder = (dagId: string, runId: string) =>
    fakes.find(({ home }) => home.dagId === dagId && home.runId === runId);
  return {
    reader: {
      ...first.reader,
      tasks: (dagId) => of(dagId).reader.tasks(dagId),
      run: (dagId, runId) => (holder(dagId, runId) ?? of(dagId)).reader.run(dagId, runId),
      taskInstances: (dagId, runId) => of(dagId, runId).reader.taskInstances(dagId, runId),
      dag: (dagId) => of(dagId).reader.dag(dagId),
      recentRuns: (dagId, limit) => of(dagId).reader.recentRuns(dagId, limit),
      assets: (dagId) => of(dagId).reader.assets(dagId),
      taskInstance: (ref) => of(ref.dagId, ref.runId).reader.taskInstance(ref),
      recentTaskInstances: (dagId, ...rest) => of(dagId).reader.recentTaskInstances(dagId, ...rest),
      xcom: (ref) => of(ref.dagId, ref.runId).reader.xcom(ref),
    },
    writer: {
      ...first.writer,
      dryRunClear: (request) => of(request.dagId, request.runId).writer.dryRunClear(request),
      clear: (action, request) => of(request.dagId, request.runId).writer.clear(action, request),
      trigger: (action, request) => of(request.dagId).writer.trigger(action, request),
      setSuccess: (action, ref) => of(ref.dagId, ref.runId).writer.setSuccess(action, ref),
    },
  };
}

/** The diagnosed incident of every story here. */
export function incidentAbout(options: Pick<WorldOptions, "failures" | "verdict"> = {}): Incident {
  return {
    id: "inc_1",
    fingerprint: "fp",
    state: "diagnosed",
    connection: "airflow:test",
    title: "invoices / load",
    dagId: "invoices",
    owner: null,
    simulated: true,
    failures: options.failures ?? [taskFailed("load")],
    verdict: options.verdict ?? transient,
    blocked: [],
    links: [],
    proposalId: null,
    noRerunBecause: null,
    openedAt: "2026-03-01T07:55:00.000Z",
    updatedAt: "2026-03-01T07:55:00.000Z",
    recoveredAt: null,
    mutedUntil: null,
    earlierIncidentId: null,
  };
}
