import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReadTool } from "../../src/agent/deepen.js";
import { modelCard } from "../../src/chat/cards/index.js";
import { createClaude } from "../../src/clients/model/index.js";
import type { Incident } from "../../src/core/incident.js";
import type { Ids } from "../../src/core/ports.js";
import type { OutboxItem, Store, StoreTx } from "../../src/core/store.js";
import { createDeepenIncident, type DeepenIncidentDeps } from "../../src/flows/deepen-incident.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { incidentRow, outboxRow } from "../contracts/store-suite.js";
import { type ClaudeDouble, claudeDouble, type Reply } from "../fixtures/claude-double.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { verdict } from "../unit/cards/examples.js";

let dataDir: string;
let clock: MovedClock;
let ids: Ids;
let store: Store;
let claude: ClaudeDouble;
let toolCalls: unknown[];
let script: Reply[];

const unsure = { ...verdict, confidence: 0.55 };
const secret = "s3cret-of-the-warehouse";

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-claude-"));
  clock = movedClock("2026-05-04T07:00:00Z");
  ids = createIds((count) => new Uint8Array(count).fill(3), clock);
  store = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
  toolCalls = [];
  script = [];
  claude = await claudeDouble((turn) => script[turn] ?? { content: "nothing more" });
  await store.transact((tx) =>
    tx.incidents.put(incidentRow("inc_1", { state: "diagnosed", title: "ledger / close", verdict: unsure })),
  );
});
afterEach(async () => {
  await claude.stop();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const log: ReadTool = {
  name: "airflow_get_task_log",
  description: "Lines of a task's log.",
  inputSchema: { type: "object", properties: { from: { type: "number" } } },
  async call(input) {
    toolCalls.push(input);
    return { lines: [{ line: 41, quoted: "GC overhead limit exceeded in stage 7" }] };
  },
};

function deps(more: Partial<DeepenIncidentDeps> = {}): DeepenIncidentDeps {
  return {
    store,
    clock,
    ids,
    logger: silentLogger,
    model: createClaude({ apiKey: () => "key", baseUrl: claude.url, model: "claude-test", fetch, retries: 0 }),
    budget: {
      mostTurns: 4,
      mostInputTokens: 20_000,
      mostSeconds: 60,
      mostUsd: 1,
      usdPerMillionInput: 3,
      usdPerMillionOutput: 15,
    },
    mostUsdPerDay: 5,
    openTools: async () => ({ tools: [log], close: async () => undefined }),
    redact: (text) => text.replaceAll(secret, "[REDACTED]"),
    hideValues: (text) => text,
    mayLeave: () => true,
    ...more,
  };
}

const order = (more: Partial<OutboxItem> = {}) => outboxRow("out_1", { kind: "deepen", ...more });
const run = (more: Partial<DeepenIncidentDeps> = {}, item = order(), signal = new AbortController().signal) =>
  createDeepenIncident(deps(more))(item, signal);
const incident = async (): Promise<Incident> => {
  const row = await store.transact((tx) => tx.incidents.get("inc_1"));
  if (row === null) throw new Error("the incident is gone");
  return row;
};
const words = async (): Promise<string> => {
  const row = await incident();
  return row.reading === undefined ? "" : JSON.stringify(modelCard(row, row.reading));
};
const answers = (claims: readonly unknown[], more: object = {}): Reply => ({
  calls: [
    { name: "give_answer", input: { category: "out_of_memory", claims, alternatives: [], next_step: null, ...more } },
  ],
});
const look: Reply = { content: "Let me look.", calls: [{ name: "airflow_get_task_log", input: { from: 40 } }] };
const proven = { text: "The driver ran out of memory.", quotes: [{ from: "R1", text: "GC overhead limit exceeded" }] };

describe("Claude reads on where the rules were not sure", () => {
  it("calls a tool, proves what it says, and shows that it disagrees", async () => {
    const invented = { text: "A person deleted the table.", quotes: [{ from: "E1", text: "DROP TABLE ledger" }] };
    script = [look, answers([proven, invented], { next_step: "Give the driver more memory." })];
    await run();
    expect(toolCalls).toEqual([{ from: 40 }]);
    const card = await words();
    expect(card).toContain("The driver ran out of memory.");
    expect(card).toContain("GC overhead limit exceeded");
    expect(card).toContain("It disagrees: ");
    expect(card).toContain("out of memory, where the rules say compute failure");
    expect(card).toContain("1 more claim had no proof");
    expect(card).not.toContain("deleted the table");
    expect(card).toContain("2 requests · 2,200 tokens");
    expect((await incident()).verdict).toEqual(unsure);
  });

  it("shows what is proven while the answer is still being written, with at most one edit a second", async () => {
    const edits: (readonly string[])[] = [];
    const watched: Store = {
      transact: (fn) =>
        store.transact((tx) => {
          const put: StoreTx["incidents"]["put"] = (row) => {
            if (row.reading?.state === "reading") edits.push(row.reading.claims.map(({ text }) => text));
            return tx.incidents.put(row);
          };
          return fn({ ...tx, incidents: { ...tx.incidents, put } });
        }),
      close: () => store.close(),
    };
    const invented = { text: "A person deleted the table.", quotes: [{ from: "R1", text: "DROP TABLE ledger" }] };
    const more = ["The heap is too small.", "Stage 7 is where.", "It was the garbage collector."];
    script = [look, answers([proven, invented, ...more.map((text) => ({ ...proven, text }))])];
    await run({ store: watched });
    const early = edits.filter((claims) => claims.length > 0);
    expect(early[0]).toEqual(["The driver ran out of memory."]);
    // The clock stands still: everything after the first waits for the end.
    expect(new Set(early.map((claims) => claims.join())).size).toBe(1);
    expect((await incident()).reading?.claims.map(({ text }) => text)).toEqual([proven.text, ...more]);
  });

  it("gets no tool that writes or proposes, and its opening is data", async () => {
    script = [answers([])];
    await run();
    const [first] = claude.asked();
    expect(first?.tools.map((tool) => tool.function.name)).toEqual(["airflow_get_task_log", "give_answer"]);
    const opening = JSON.parse(String(first?.messages.at(-1)?.content)) as { rules: { category: string } };
    expect(opening.rules.category).toBe("compute_failure");
  });

  it("is sent no secret and no customer's value", async () => {
    const evidence = [{ id: "E1", source: "log", line: 1, text: `password=${secret} Key (email)=(ana@c.example)` }];
    await store.transact((tx) => tx.incidents.put(incidentRow("inc_1", { verdict: { ...unsure, evidence } })));
    script = [answers([])];
    await run({ hideValues: (text) => text.replace("ana@c.example", "[value]") });
    const sent = JSON.stringify(claude.asked());
    expect(sent).not.toContain(secret);
    expect(sent).not.toContain("ana@c.example");
    expect(sent).toContain("[value]");
  });

  it("mends an answer of the wrong form once it is told", async () => {
    script = [{ calls: [{ name: "give_answer", input: { category: "weather" } }] }, look, answers([{ ...proven }])];
    await run();
    expect(await words()).toContain("The driver ran out of memory.");
  });

  it("stops at its budget and says so", async () => {
    script = Array.from({ length: 9 }, () => look);
    await run();
    expect(claude.asked()).toHaveLength(4);
    expect(await words()).toContain("Claude gave no answer: it had asked 4 times.");
  });

  it("is not asked any more on a day that cost enough", async () => {
    script = [look, answers([proven])];
    await run({ mostUsdPerDay: 0.001 });
    await run({ mostUsdPerDay: 0.001 }, order({ id: "out_2" }));
    expect(claude.asked()).toHaveLength(2);
  });

  it("hears nothing of a connection that is kept from it", async () => {
    await run({ mayLeave: ({ connection }) => connection !== "airflow:test" });
    expect(claude.asked()).toEqual([]);
    expect(await words()).toBe("");
  });

  it("goes on after a restart from the turn that was kept, and asks nothing twice", async () => {
    script = [look, { status: 500 }, answers([proven])];
    const stop = new AbortController();
    const stopping: DeepenIncidentDeps["openTools"] = async () => ({
      tools: [{ ...log, call: (input) => log.call(input).finally(() => stop.abort()) }],
      close: async () => undefined,
    });
    await expect(run({ openTools: stopping }, order(), stop.signal)).rejects.toThrow("Claude was stopped");
    const before = claude.asked().length;
    script = [...Array.from({ length: before }, () => look), answers([proven])];
    await run();
    const last = claude.asked().at(-1);
    expect(JSON.stringify(last?.messages)).toContain("[R1]");
    expect(toolCalls).toHaveLength(1);
    expect(await words()).toContain("The driver ran out of memory.");
  });

  it("ends with the incident: a reading of something that is over helps nobody", async () => {
    script = [look, look, look, look];
    const recovering: DeepenIncidentDeps["openTools"] = async () => ({
      tools: [
        {
          ...log,
          async call(input) {
            await store.transact((tx) =>
              tx.incidents.put(incidentRow("inc_1", { state: "recovered", verdict: unsure })),
            );
            return log.call(input);
          },
        },
      ],
      close: async () => undefined,
    });
    await run({ openTools: recovering });
    expect(claude.asked()).toHaveLength(1);
  });

  it("says once that it can't be asked, and again only after it answered", async () => {
    script = [{ status: 401 }, { status: 401 }, answers([])];
    await run();
    expect(await words()).toContain("Claude refused the key. Check ANTHROPIC_API_KEY. What the rules found stands.");
    await store.transact((tx) => tx.incidents.put(incidentRow("inc_2", { state: "diagnosed", verdict: unsure })));
    await run({}, order({ id: "out_2", subject: "inc_2" }));
    const second = await store.transact((tx) => tx.incidents.get("inc_2"));
    expect(second?.reading).toBeUndefined();
    await run({}, order({ id: "out_3", subject: "inc_2" }));
    expect(await store.transact((tx) => tx.marks.get("claude-outage"))).toBeNull();
  });

  it("leaves a transcript of all that was sent and said", async () => {
    script = [look, answers([proven])];
    await run();
    const [kept] = await store.transact((tx) => tx.marks.find({ id: "claude|inc_1|out_1" }));
    const text = JSON.stringify(kept?.value);
    expect(text).toContain("GC overhead limit exceeded");
    expect(text).toContain("give_answer");
  });

  it("answers a person's question under the question", async () => {
    script = [look, answers([proven])];
    await run({}, order({ payload: { question: "could it be the driver's heap?" } }));
    expect(await words()).toContain("could it be the driver's heap?");
    expect(JSON.stringify(claude.asked()[0]?.messages)).toContain("driver's heap");
  });
});
