import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Card } from "../../src/chat/card.js";
import type { Category } from "../../src/core/verdict.js";
import { wordsOf } from "../fixtures/recording-adapter.js";
import { ana, ben, type Company, openCompany } from "../fixtures/simulated-company.js";

/** The whole product on the whole simulated company, from the first poll to the cards, in a world that runs faster. */
let company: Company;

beforeAll(async () => {
  company = await openCompany(3);
}, 80_000);

afterAll(() => company?.close());

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
    const incident = await company.incidentOf(dag);
    expect(incident).toMatchObject({ title: `${dag} / ${task}`, owner, blocked, simulated: true });
    expect(incident.verdict).toMatchObject({ outcome: "diagnosed", category, failedAncestor: null });
    expect(incident.verdict?.confidence).toBeGreaterThanOrEqual(0.7);
    expect(incident.verdict?.evidence.some((quote) => proof.test(quote.text))).toBe(true);
  });

  it("says in one sentence of at most 160 characters what failed and whose move it is", async () => {
    const incident = await company.incidentOf(dag);
    const sentence = incident.verdict?.summary ?? "";
    expect(sentence.length).toBeLessThanOrEqual(160);
    expect(sentence).toMatch(names);
    expect(sentence).toMatch(whoseMove);
    const root = company.cardOf(`incident:${incident.id}`);
    expect(root === null ? "" : wordsOf(root)).toMatch(names);
  });
});

it("proposes to repair the one Databricks task of orders_daily and to carry on in Airflow", async () => {
  expect(await company.stepsOf("orders_daily")).toMatchObject([
    { do: "databricks_repair", rerunTasks: ["aggregate"] },
    { do: "airflow_set_success", task: { taskId: "load_orders" } },
  ]);
});

it("proposes to clear the three map indexes of clickstream_hourly that failed, and what waits behind them", async () => {
  const [step, ...others] = await company.stepsOf("clickstream_hourly");
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
  const incident = await company.incidentOf(dag);
  expect(incident.proposalId).toBeNull();
  expect(incident.noRerunBecause).toMatch(why);
  const root = company.cardOf(`incident:${incident.id}`);
  expect(root === null ? "" : wordsOf(root)).toMatch(/No rerun:.*It is fixed: propose rerun/);
  const asked = { incidentId: incident.id, requester: { kind: "person", id: ana.id, name: "Ana" }, afterFix: false };
  await expect(
    company.core.proposals.propose(asked as Parameters<typeof company.core.proposals.propose>[0]),
  ).rejects.toThrow(refusal);
});

it("opens nothing for finance_close, whose run was frightening and fine", async () => {
  const reader = company.core.connections.airflow.get("airflow:sandbox")?.reader;
  const newestRun = async () => (await reader?.recentRuns("finance_close", 1))?.[0];
  await company.until("the run of finance_close has ended", async () => (await newestRun())?.endedAt !== null);
  // Whatever there is to find has now been looked for.
  await company.polls.round();
  await company.until("nothing is left to do", company.idle);
  const newest = await newestRun();
  expect(newest).toMatchObject({ runId: "scheduled__2026-11-22T03:15:00+00:00", state: "success" });
  const tries = await reader?.tries({
    dagId: "finance_close",
    runId: newest?.runId ?? "",
    taskId: "reconcile_accounts",
    mapIndex: -1,
  });
  expect(tries?.map((one) => one.state)).toEqual(["failed", "success"]);
  expect((await company.incidents()).filter((one) => one.dagId === "finance_close")).toEqual([]);
  expect(await company.incidents()).toHaveLength(expected.length);
  expect(company.chat.messages.filter(({ card }) => wordsOf(card).includes("finance_close"))).toEqual([]);
});

it("names the first failed ancestor to who asks about a task that never ran", async () => {
  const card = await ask("why did publish_attribution of marketing_attribution not run?");
  expect(wordsOf(card)).toContain("stitch_touchpoints");
  expect(wordsOf(card)).toContain("rapidfuzz");

  const { runId } = (await company.incidentOf("marketing_attribution")).failures[0] ?? { runId: "" };
  const { verdict } = await company.core.investigate({
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
  const { id } = await company.incidentOf("inventory_sync");
  await company.sandbox.breakMenu.fix?.("inventory_sync:partition_missing");
  const thread = { platform: "slack", address: {} };
  await company.chat.events?.take({
    kind: "button",
    eventId: "press",
    person: ana,
    action: "propose",
    value: id,
    thread,
  });
  await company.until(
    "the rerun is proposed",
    async () => (await company.incidentOf("inventory_sync")).proposalId !== null,
  );
  const [step] = await company.stepsOf("inventory_sync");
  const tasks = step?.do === "airflow_clear" ? step.tasks.map((one) => one.taskId).sort() : [];
  expect(tasks).toEqual(["load_stock_levels", "net_reservations", "publish_availability", "wait_for_stock_levels"]);
  const proposalId = (await company.incidentOf("inventory_sync")).proposalId ?? "";
  await company.chat.events?.take({
    kind: "decision",
    eventId: "approve",
    person: ben,
    proposalId,
    verdict: "approved",
    reason: null,
    thread,
  });
  await company.until("it recovers", async () => (await company.incidentOf("inventory_sync")).state === "recovered");
});

async function ask(text: string): Promise<Card> {
  const thread = { platform: "slack", address: {} };
  const before = company.chat.whispers.length;
  await company.chat.events?.take({ kind: "question", eventId: text, person: ana, text, thread, isPrivate: true });
  await company.until(`an answer to: ${text}`, async () => company.chat.whispers.length > before);
  const card = company.chat.whispers[before]?.card;
  if (card === undefined) throw new Error("the answer is gone");
  return card;
}
