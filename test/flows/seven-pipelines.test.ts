import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Card } from "../../src/chat/card.js";
import { type Core, openCore } from "../../src/compose/core.js";
import { holdDataFolder } from "../../src/compose/hold.js";
import { type RunningSandbox, startSandbox } from "../../src/compose/sandbox.js";
import { startWatches } from "../../src/compose/watches.js";
import { type Work, wireWork } from "../../src/compose/work.js";
import { loadConfig } from "../../src/config/load.js";
import type { Incident } from "../../src/core/incident.js";
import type { Person } from "../../src/core/person.js";
import type { PlanStep } from "../../src/core/remediation/plan.js";
import type { Category } from "../../src/core/verdict.js";
import type { PollLoop } from "../../src/flows/poll-loop.js";
import { createHealth } from "../../src/web/health.js";
import { fastClock } from "../fixtures/fast-clock.js";
import { type RecordingAdapter, recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";

/** The whole product on the whole simulated company, from the first poll to the cards, in a world that runs faster. */
const speed = 6;
const clock = fastClock("2026-11-22T18:40:00Z", speed);
const ana: Person = { id: "slack:ana", platform: "slack", displayName: "Ana", standing: "member" };
const ben: Person = { id: "slack:ben", platform: "slack", displayName: "Ben", standing: "member" };

let dataDir: string;
let sandbox: RunningSandbox;
let core: Core;
let work: Work;
let chat: RecordingAdapter;
let polls: PollLoop;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-seven-"));
  const wanted = loadConfig({
    PIPEWRIGHT_SANDBOX: "1",
    PIPEWRIGHT_DATA_DIR: dataDir,
    PIPEWRIGHT_APPROVERS: ben.id,
    PORT: "0",
    PIPEWRIGHT_CONSOLE_PORT: "0",
  });
  const lock = await holdDataFolder(wanted.dataDir, clock);
  undo.unshift(() => lock.release());
  sandbox = await startSandbox(wanted, clock);
  undo.unshift(() => sandbox.stop());
  core = await openCore(sandbox.config, { clock, logger: silentLogger, lock, version: "0.0.0" });
  undo.unshift(() => core.close());
  chat = recordingAdapter([ana, ben]);
  work = wireWork(sandbox.config, core, [chat]);
  await chat.start(work.events);
  work.dispatcher.start();
  undo.unshift(() => work.dispatcher.stop(AbortSignal.timeout(5_000)));
  const health = createHealth({ clock, staleAfterSeconds: 120 });
  polls = startWatches(sandbox.config, core, { wake: work.dispatcher.wake, health });
  undo.unshift(() => polls.stop());
  await until("six pipelines are diagnosed, and nothing is left to do", async () => {
    const diagnosed = (await incidents()).filter((one) => one.state === "diagnosed");
    return diagnosed.length >= 6 && (await idle());
  });
}, 40_000);

afterAll(async () => {
  for (const step of undo.splice(0)) await step();
  await rm(dataDir, { recursive: true, force: true });
});

const incidents = (): Promise<readonly Incident[]> => core.store.transact((tx) => tx.incidents.find());

const idle = (): Promise<boolean> => core.store.transact(async (tx) => (await tx.outbox.find()).length === 0);

/** Looks again until it is so; the deadline only ends a test that would fail anyway. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await clock.sleep(600);
  }
}

async function incidentOf(dagId: string): Promise<Incident> {
  const found = (await incidents()).filter((one) => one.dagId === dagId);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} incidents of ${dagId}`);
  return found[0];
}

function cardOf(subject: string): Card | null {
  return chat.messages.find(({ card }) => card.subject === subject)?.card ?? null;
}

interface Expected {
  readonly dag: string;
  readonly task: string;
  readonly category: Category;
  /** What the sentence has to name. */
  readonly names: RegExp;
  readonly whoseMove: RegExp;
  readonly proof: RegExp;
  readonly owner: string;
  readonly blocked: readonly string[];
}

const expected: readonly Expected[] = [
  {
    dag: "orders_daily",
    task: "load_orders",
    category: "compute_failure",
    names: /\b1122-\d{6}-\w+\b/,
    whoseMove: /rerun should pass/,
    proof: /SPOT_INSTANCE_TERMINATION/,
    owner: "data-sales",
    blocked: ["build_marts ×2", "publish"],
  },
  {
    dag: "clickstream_hourly",
    task: "fetch_events",
    category: "network_transient",
    names: /collector-eu\.clickstream\.example/,
    whoseMove: /owner must bring it back/,
    proof: /503 Server Error/,
    owner: "web-analytics",
    blocked: ["sessionize", "publish_sessions"],
  },
  {
    dag: "customer_360",
    task: "merge_customers",
    category: "schema_drift",
    names: /\bloyalty_tier\b/,
    whoseMove: /producer must/,
    proof: /UNRESOLVED_COLUMN/,
    owner: "data-crm",
    blocked: ["score_churn", "publish_360"],
  },
  {
    dag: "inventory_sync",
    task: "wait_for_stock_levels",
    category: "missing_upstream_data",
    names: /acme-landing\/wms\/stock_levels\/dt=2026-11-21/,
    whoseMove: /producer must deliver/,
    proof: /Poking for key : s3:\/\/acme-landing\/wms\/stock_levels\/dt=2026-11-21/,
    owner: "data-supply",
    blocked: ["load_stock_levels", "net_reservations", "publish_availability"],
  },
  {
    dag: "payments_recon",
    task: "check_settlements",
    category: "data_quality",
    names: /bronze\.psp_settlements|settlement_id|merchant_ref/,
    whoseMove: /must/,
    proof: /592 duplicate rows/,
    owner: "data-payments",
    blocked: ["match_ledger", "post_differences"],
  },
  {
    dag: "marketing_attribution",
    task: "stitch_touchpoints",
    category: "dependency_failure",
    names: /\brapidfuzz\b/,
    whoseMove: /platform team must/,
    proof: /No module named 'rapidfuzz'/,
    owner: "marketing-data",
    blocked: ["fit_attribution", "score_channels", "split_budget", "write_report", "publish_attribution"],
  },
];

describe.each(expected)("$dag", ({ dag, task, category, names, whoseMove, proof, owner, blocked }) => {
  it("is diagnosed, with its proof and what waits behind it", async () => {
    const incident = await incidentOf(dag);
    expect(incident).toMatchObject({ title: `${dag} / ${task}`, owner, blocked, simulated: true });
    expect(incident.verdict).toMatchObject({ outcome: "diagnosed", category, failedAncestor: null });
    expect(incident.verdict?.confidence).toBeGreaterThanOrEqual(0.8);
    expect(incident.verdict?.evidence.some((quote) => proof.test(quote.text))).toBe(true);
  });

  it("says in one sentence of at most 160 characters what failed and whose move it is", async () => {
    const incident = await incidentOf(dag);
    const sentence = incident.verdict?.summary ?? "";
    expect(sentence.length).toBeLessThanOrEqual(160);
    expect(sentence).toMatch(names);
    expect(sentence).toMatch(whoseMove);
    const root = cardOf(`incident:${incident.id}`);
    expect(root === null ? "" : wordsOf(root)).toMatch(names);
  });
});

it("proposes to repair the one Databricks task of orders_daily and to carry on in Airflow", async () => {
  expect(await stepsOf("orders_daily")).toMatchObject([
    { do: "databricks_repair", rerunTasks: ["aggregate"] },
    { do: "airflow_set_success", task: { taskId: "load_orders" } },
  ]);
});

it("proposes to clear the three map indexes of clickstream_hourly that failed, and what waits behind them", async () => {
  const [step, ...others] = await stepsOf("clickstream_hourly");
  expect(others).toEqual([]);
  const tasks = step?.do === "airflow_clear" ? step.tasks : [];
  expect(tasks.map((one) => `${one.taskId} ${one.mapIndex}`).sort()).toEqual([
    "fetch_events 19",
    "fetch_events 3",
    "fetch_events 7",
    "publish_sessions -1",
    "sessionize -1",
  ]);
});

it.each([
  ["customer_360", /Compare the input's columns/, /A rerun can't help/],
  ["inventory_sync", /clear the sensor once the data is there/, /The input is not there yet/],
  ["payments_recon", /rows|duplicates/, /A rerun can't help/],
  ["marketing_attribution", /Add the package/, /A rerun can't help/],
])("proposes nothing for %s, says why in the thread, and refuses who asks all the same", async (dag, why, refusal) => {
  const incident = await incidentOf(dag);
  expect(incident.proposalId).toBeNull();
  expect(incident.noRerunBecause).toMatch(why);
  const root = cardOf(`incident:${incident.id}`);
  expect(root === null ? "" : wordsOf(root)).toMatch(/No rerun:.*It is fixed: propose rerun/);
  const asked = { incidentId: incident.id, requester: { kind: "person", id: ana.id, name: "Ana" }, afterFix: false };
  await expect(core.proposals.propose(asked as Parameters<typeof core.proposals.propose>[0])).rejects.toThrow(refusal);
});

it("opens nothing for finance_close, whose run was frightening and fine", async () => {
  const reader = core.connections.airflow.get("airflow:sandbox")?.reader;
  const newestRun = async () => (await reader?.recentRuns("finance_close", 1))?.[0];
  await until("the run of finance_close has ended", async () => (await newestRun())?.endedAt !== null);
  // Whatever there is to find has now been looked for.
  await polls.round();
  await until("nothing is left to do", idle);
  const newest = await newestRun();
  expect(newest).toMatchObject({ runId: "scheduled__2026-11-22T03:15:00+00:00", state: "success" });
  const tries = await reader?.tries({
    dagId: "finance_close",
    runId: newest?.runId ?? "",
    taskId: "reconcile_accounts",
    mapIndex: -1,
  });
  expect(tries?.map((one) => one.state)).toEqual(["failed", "success"]);
  expect((await incidents()).filter((one) => one.dagId === "finance_close")).toEqual([]);
  expect(await incidents()).toHaveLength(expected.length);
  expect(chat.messages.filter(({ card }) => wordsOf(card).includes("finance_close"))).toEqual([]);
});

it("names the first failed ancestor to who asks about a task that never ran", async () => {
  const card = await ask("why did publish_attribution of marketing_attribution not run?");
  expect(wordsOf(card)).toContain("stitch_touchpoints");
  expect(wordsOf(card)).toContain("rapidfuzz");

  const { runId } = (await incidentOf("marketing_attribution")).failures[0] ?? { runId: "" };
  const { verdict } = await core.investigate({
    kind: "airflow_task",
    connection: "airflow:sandbox",
    dagId: "marketing_attribution",
    runId,
    taskId: "publish_attribution",
    mapIndex: -1,
    tryNumber: 0,
    maxTries: 0,
    state: "upstream_failed",
    operator: null,
    startedAt: null,
    endedAt: null,
    runAfter: null,
  });
  expect(verdict).toMatchObject({
    category: "dependency_failure",
    failedAncestor: { taskId: "stitch_touchpoints", mapIndex: -1 },
  });
  expect(verdict.summary).toContain("stitch_touchpoints");
});

it("reruns inventory_sync once the partition is there: Ana says so, Ben approves, and it recovers", async () => {
  const { id } = await incidentOf("inventory_sync");
  await sandbox.breakMenu.fix?.("inventory_sync:partition_missing");
  const thread = { platform: "slack", address: {} };
  await chat.events?.take({ kind: "button", eventId: "press", person: ana, action: "propose", value: id, thread });
  await until("the rerun is proposed", async () => (await incidentOf("inventory_sync")).proposalId !== null);
  const [step] = await stepsOf("inventory_sync");
  const tasks = step?.do === "airflow_clear" ? step.tasks.map((one) => one.taskId).sort() : [];
  expect(tasks).toEqual(["load_stock_levels", "net_reservations", "publish_availability", "wait_for_stock_levels"]);
  const proposalId = (await incidentOf("inventory_sync")).proposalId ?? "";
  await chat.events?.take({
    kind: "decision",
    eventId: "approve",
    person: ben,
    proposalId,
    verdict: "approved",
    reason: null,
    thread,
  });
  await until("it recovers", async () => (await incidentOf("inventory_sync")).state === "recovered");
});

async function stepsOf(dagId: string): Promise<readonly PlanStep[]> {
  const { proposalId } = await incidentOf(dagId);
  const proposal = await core.store.transact((tx) => tx.proposals.get(proposalId ?? ""));
  return proposal?.plan.steps ?? [];
}

async function ask(text: string): Promise<Card> {
  const thread = { platform: "slack", address: {} };
  const before = chat.whispers.length;
  await chat.events?.take({ kind: "question", eventId: text, person: ana, text, thread, isPrivate: true });
  await until(`an answer to: ${text}`, async () => chat.whispers.length > before);
  const card = chat.whispers[before]?.card;
  if (card === undefined) throw new Error("the answer is gone");
  return card;
}
