import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Investigation } from "../../src/agent/investigate.js";
import { RefusedByPolicy, UpstreamError } from "../../src/core/errors.js";
import type { TaskFailure } from "../../src/core/failure.js";
import type { Runbook } from "../../src/core/runbook.js";
import type { OutboxItem, Store } from "../../src/core/store.js";
import type { Verdict } from "../../src/core/verdict.js";
import { type InvestigateDeps, investigateIncident } from "../../src/flows/investigate-incident.js";
import { publishIncident } from "../../src/flows/publish-incident.js";
import { takeFailure } from "../../src/flows/take-failure.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { maskValues } from "../../src/telemetry/mask-values.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { openReading } from "../fixtures/open-reading.js";
import { recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposal as exampleProposal } from "../unit/cards/examples.js";

const hour = 3_600_000;
let folder: string;
let clock: MovedClock;
let store: Store;
let chat: ReturnType<typeof recordingAdapter>;
let asked: string[];
let found: () => Promise<Investigation>;
let refuseRerun: string | null;
let runbooks: readonly Runbook[];
let proposing: Error | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-thread-"));
  clock = movedClock("2026-11-22T06:00:00Z");
  store = await openFileStore({ dataDir: folder, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
  chat = recordingAdapter();
  asked = [];
  refuseRerun = null;
  runbooks = [];
  proposing = null;
  found = async () => investigation({});
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function failure(over: Partial<TaskFailure> = {}): TaskFailure {
  return {
    kind: "airflow_task",
    connection: "airflow:prod",
    dagId: "orders_daily",
    runId: "r1",
    taskId: "load_orders",
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    state: "failed",
    operator: "PythonOperator",
    startedAt: null,
    endedAt: "2026-11-22T05:59:00Z",
    runAfter: null,
    ...over,
  };
}

function investigation(over: Partial<Verdict>): Investigation {
  const verdict: Verdict = {
    outcome: "diagnosed",
    category: "network_transient",
    signature: "http-5xx",
    confidence: 0.9,
    summary: "rates.example.com answers 503; its owner must bring it back, then a clear should pass.",
    rerunHelps: "yes",
    nextStep: "Clear the task once rates.example.com answers again.",
    evidence: [
      {
        id: "E1",
        source: "log",
        line: 12,
        text: "503 Server Error: Service Unavailable for url: https://rates.example.com",
      },
    ],
    alternatives: [],
    databricksRuns: [],
    object: "rates.example.com",
    normalisedException: "HTTPError: N Server Error",
    failedAncestor: null,
    redactions: 0,
    warnings: [],
    ...over,
  };
  return {
    verdict,
    blocked: ["publish"],
    owner: "data-platform",
    links: [{ label: "Open in Airflow", url: "https://airflow.example.com/x" }],
  };
}

function deps(): InvestigateDeps {
  return {
    store,
    clock,
    ids: createIds(randomBytes, clock),
    logger: silentLogger,
    investigate: () => found(),
    proposals: {
      proposeForAlert: async (incidentId) => {
        asked.push(incidentId);
        if (proposing !== null) throw proposing;
        throw new RefusedByPolicy(refuseRerun ?? "No plan in this test.", "Nothing was proposed.");
      },
    },
    ownerOf: (dagId) => (dagId === "orders_daily" ? "@data-sales" : null),
    readingRules: [],
  };
}

/** Works the outbox off as the dispatcher does; returns when each investigation wants to be tried again. */
async function work(): Promise<(Date | undefined)[]> {
  const retries: (Date | undefined)[] = [];
  for (;;) {
    const [item] = await store.transact((tx) => tx.outbox.find());
    if (item === undefined) return retries;
    if (item.kind === "investigate") retries.push((await investigateIncident(item, deps()))?.retryAt);
    else await publish(item);
    await store.transact((tx) => tx.outbox.delete(item.id));
  }
}

const publish = (item: OutboxItem) =>
  publishIncident(item, {
    store,
    clock,
    digest: canonicalDigest,
    adapters: [chat],
    simulated: false,
    nameWords: async () => null,
    hideValues: maskValues,
    reading: openReading,
    runbooks,
    unkept: new Map(),
  });
const fail = (over: Partial<TaskFailure> = {}) => takeFailure(failure(over), { ...deps(), simulated: false });
const incidents = () => store.transact((tx) => tx.incidents.find());

describe("a failure becomes one thread", () => {
  it("quotes the team's own note by its name, as plain words", async () => {
    const text = "# Rates\n\nCall **@rates-oncall** first.\n- [ ] then clear\n<!channel> is only text\n";
    const url = "https://wiki.example.com/rates";
    runbooks = [
      { name: "Rates are down", dags: ["orders_*"], categories: ["network_transient"], words: [], text, url },
    ];
    await fail();
    await work();
    const spans = JSON.stringify(chat.messages.at(-1)?.card);
    expect(spans).toContain("From your runbook ");
    expect(spans).toContain("Call @rates-oncall first.");
    expect(spans).toContain("• then clear");
    expect(spans).toContain(JSON.stringify({ t: "link", text: "Rates are down", url }));
    expect(spans).toContain(JSON.stringify({ t: "text", text: "<!channel> is only text" }));
  });

  it("hides whose data broke it from the channel, and offers to show it to one person", async () => {
    const line = "DETAIL:  Key (email)=(ana@customer.example) already exists.";
    found = async () =>
      investigation({
        category: "data_quality",
        summary: "people got a second row: Key (email)=(ana@customer.example) already exists.",
        evidence: [{ id: "E1", source: "log", line: 7, text: line }],
      });
    await fail();
    await work();
    expect(JSON.stringify(chat.messages)).not.toContain("ana@customer");
    const [root, evidence] = chat.messages;
    expect(wordsOf(root?.card as never)).toContain("Key (email)=([value]) already exists");
    expect(evidence?.card.blocks).toContainEqual({
      b: "buttons",
      buttons: [expect.objectContaining({ action: "reveal", label: "Show values to me" })],
    });
    const [incident] = await incidents();
    expect(incident?.verdict?.evidence[0]?.text).toBe(line);
  });

  it("posts once the cause is known, with proof below, and names the configured owner", async () => {
    await fail();
    await work();
    const [root, evidence, reasons] = chat.messages;
    expect(wordsOf(root?.card as never)).toContain("rates.example.com answers 503");
    expect(wordsOf(root?.card as never)).toContain("@data-sales");
    expect(wordsOf(evidence?.card as never)).toContain("503 Server Error");
    expect([evidence?.root, reasons?.root]).toEqual([root?.id, root?.id]);
  });

  it("leaves unchanged messages alone and edits changed ones, never posting a second root", async () => {
    await fail();
    await work();
    const edits = chat.messages.map((message) => message.edits);
    await fail({ mapIndex: 1 });
    await work();
    expect(chat.messages.filter((message) => message.root === null)).toHaveLength(1);
    expect(chat.messages[1]?.edits).toBe(edits[1]);
  });

  it("goes on where it stopped when the chat failed in the middle", async () => {
    await fail();
    chat.failNext = "postReply";
    await expect(work()).rejects.toThrow("postReply failed");
    await work();
    expect(chat.messages.filter((message) => message.root === null)).toHaveLength(1);
    expect(chat.messages).toHaveLength(3);
  });
});

describe("a thread in the chat", () => {
  /** Somebody deleted these messages: editing one says so. */
  function remove(...gone: readonly string[]): void {
    const { update } = chat;
    chat = Object.assign(chat, {
      async update(...[message, card]: Parameters<typeof update>) {
        if (gone.includes(message.address["id"] ?? ""))
          throw new UpstreamError("This message was deleted.", "", "not_found", false, false);
        await update(message, card);
      },
    });
  }
  const roots = () => chat.messages.filter((message) => message.root === null);
  const another = async () => {
    found = async () =>
      investigation({
        summary: "rates.example.com is gone.",
        evidence: [{ id: "E1", source: "log", line: 3, text: "410" }],
      });
    await fail({ mapIndex: 1 });
    await work();
  };

  it("whose root was deleted is posted again as a whole, once", async () => {
    await fail();
    await work();
    remove("m1");
    await another();
    await work();
    expect(roots().map(({ id }) => id)).toEqual(["m1", "m4"]);
    expect(chat.messages.slice(4).map(({ root }) => root)).toEqual(["m4", "m4"]);
    expect(chat.messages).toHaveLength(6);
  });

  it("whose reply was deleted gets that one again", async () => {
    await fail();
    await work();
    remove("m2");
    await another();
    expect(chat.messages.slice(3).map(({ root, card }) => [root, card.subject.split(":")[0]])).toEqual([
      ["m1", "evidence"],
    ]);
  });

  it("shows its other messages when one reply fails", async () => {
    await fail();
    chat.failNext = "postReply";
    await expect(work()).rejects.toThrow("postReply failed");
    expect(chat.messages).toHaveLength(2);
  });

  it("gets nothing new while it is muted, and what is due afterwards", async () => {
    found = async () => investigation({ evidence: [] });
    await fail();
    await work();
    const [incident] = await incidents();
    if (incident === undefined) throw new Error("no incident");
    await store.transact((tx) => tx.incidents.put({ ...incident, mutedUntil: "2026-11-22T07:00:00Z" }));
    await another();
    expect(chat.messages).toHaveLength(2);
    expect(wordsOf(chat.messages[0]?.card as never)).toContain("rates.example.com is gone.");
    clock.move(hour);
    await fail({ mapIndex: 2 });
    await work();
    expect(chat.messages).toHaveLength(3);
  });

  it("shows a rerun that a person asked for while it is muted", async () => {
    await fail();
    await work();
    const [incident] = await incidents();
    if (incident === undefined) throw new Error("no incident");
    await store.transact(async (tx) => {
      await tx.incidents.put({ ...incident, mutedUntil: "2026-11-22T07:00:00Z" });
      await tx.proposals.put({ ...exampleProposal, incidentId: incident.id, askedBy: ["slack:U0DORA"] });
    });
    await fail({ mapIndex: 1 });
    await work();
    expect(chat.messages.map(({ card }) => card.subject)).toContain(`proposal:${exampleProposal.id}`);
  });
});

describe("one cause, one thread", () => {
  it("brings another DAG with the same cause into the live thread", async () => {
    await fail();
    await work();
    await fail({ dagId: "customer_rates", runId: "r7", taskId: "pull" });
    await work();
    expect((await incidents()).map((incident) => incident.failures.length)).toEqual([2]);
    expect(chat.messages.filter((message) => message.root === null)).toHaveLength(1);
  });

  it("keeps what it could not explain apart", async () => {
    found = async () =>
      investigation({ outcome: "abstained", category: "unknown", signature: null, object: null, rerunHelps: "unsure" });
    await fail();
    await fail({ dagId: "customer_rates", runId: "r7", taskId: "pull" });
    await work();
    expect(await incidents()).toHaveLength(2);
  });

  it.each([
    [23 * hour, "reopens", 1],
    [25 * hour, "opens a new one after", 2],
  ])("%d ms after recovery it %s the thread", async (gap, _word, threads) => {
    await fail();
    await work();
    const [first] = await incidents();
    if (first === undefined) throw new Error("no incident");
    await store.transact((tx) =>
      tx.incidents.put({ ...first, state: "recovered", recoveredAt: clock.now().toISOString() }),
    );
    clock.move(gap);
    await fail({ runId: "r2" });
    await work();
    const all = await incidents();
    expect(all.filter((incident) => incident.state === "diagnosed")).toHaveLength(1);
    expect(chat.messages.filter((message) => message.root === null)).toHaveLength(threads);
    if (threads === 2) expect(all.find((incident) => incident.id !== first.id)?.earlierIncidentId).toBe(first.id);
  });
});

describe("the rerun", () => {
  it("is proposed by the alert where it helps", async () => {
    await fail();
    await work();
    expect(asked).toHaveLength(1);
  });

  it("is not proposed where it can't help, and the thread says what must change", async () => {
    found = async () =>
      investigation({
        category: "schema_drift",
        signature: "column-missing",
        rerunHelps: "no",
        nextStep: "The producer must restore column discount_code.",
      });
    await fail();
    await work();
    expect(asked).toEqual([]);
    expect((await incidents())[0]?.noRerunBecause).toContain("restore column discount_code");
  });

  it("is left to a person where nobody can tell", async () => {
    found = async () => investigation({ rerunHelps: "unsure" });
    await fail();
    await work();
    expect([asked, (await incidents())[0]?.noRerunBecause]).toEqual([[], null]);
  });

  it("that the policy refuses is explained in the thread", async () => {
    refuseRerun = "2 reruns of the last 6 h are used up.";
    await fail();
    await work();
    expect(chat.messages.map((message) => wordsOf(message.card)).join("")).toContain("used up");
  });
});

describe("what was decided before", () => {
  async function waiting(): Promise<string> {
    const [incident] = await incidents();
    if (incident === undefined) throw new Error("no incident");
    await store.transact(async (tx) => {
      await tx.proposals.put({ ...exampleProposal, incidentId: incident.id });
      await tx.incidents.put({ ...incident, proposalId: exampleProposal.id });
    });
    return incident.id;
  }
  const proposals = () => store.transact((tx) => tx.proposals.find());
  const audited = async () => (await store.transact((tx) => tx.audit.find())).map(({ action }) => action);

  it("does not stay approvable beside a newer verdict that no rerun helps", async () => {
    await fail();
    await work();
    await waiting();
    found = async () => investigation({ category: "schema_drift", signature: "column-missing", rerunHelps: "no" });
    await fail({ tryNumber: 2 });
    await work();
    expect((await proposals()).map(({ state }) => state)).toEqual(["superseded"]);
    expect((await incidents())[0]?.proposalId).toBeNull();
    expect(await audited()).toContain("proposal_superseded");
  });

  it("is not carried into a thread that begins anew", async () => {
    await fail();
    await work();
    const id = await waiting();
    const [first] = await incidents();
    if (first === undefined) throw new Error("no incident");
    await store.transact((tx) =>
      tx.incidents.put({ ...first, state: "recovered", recoveredAt: clock.now().toISOString() }),
    );
    clock.move(hour);
    await fail({ runId: "r2" });
    await work();
    expect((await incidents()).map((incident) => [incident.id, incident.proposalId])).toEqual([[id, null]]);
    expect((await proposals()).map(({ state }) => state)).toEqual(["expired"]);
    expect(await audited()).toContain("proposal_expired");
  });

  it("stays when the incident went well while it was looked into", async () => {
    await fail();
    await work();
    const [first] = await incidents();
    if (first === undefined) throw new Error("no incident");
    found = async () => {
      const recoveredAt = clock.now().toISOString();
      await store.transact((tx) => tx.incidents.put({ ...first, state: "recovered", recoveredAt }));
      return investigation({});
    };
    await fail({ tryNumber: 2 });
    await work();
    expect((await incidents()).map(({ state }) => state)).toEqual(["recovered"]);
  });
});

describe("when Airflow can't be read", () => {
  const down = () =>
    new UpstreamError(
      "Airflow airflow:prod does not answer.",
      "Its administrator must start it.",
      "unreachable",
      true,
      false,
    );

  it("opens the thread, says whose move it is, and explains the cause once it can", async () => {
    found = () => Promise.reject(down());
    await fail();
    const [retryAt] = await work();
    expect(retryAt).toEqual(new Date("2026-11-22T06:00:10Z"));
    expect(chat.messages.map((message) => wordsOf(message.card)).join("")).toContain(
      "Its administrator must start it.",
    );
    found = async () => investigation({});
    const [incident] = await incidents();
    await investigateIncident(
      {
        id: "o",
        kind: "investigate",
        subject: incident?.id ?? "",
        payload: {},
        createdAt: clock.now().toISOString(),
        attempts: 1,
        notBefore: null,
      },
      deps(),
    );
    await work();
    expect(wordsOf(chat.messages[0]?.card as never)).toContain("answers 503");
    expect(chat.messages.filter((message) => message.root === null)).toHaveLength(1);
  });

  it("while proposing, the proposal is tried again, and the thread does not say that no rerun helps", async () => {
    proposing = down();
    await fail();
    expect(await work()).toEqual([new Date("2026-11-22T06:00:10Z")]);
    expect((await incidents())[0]?.noRerunBecause).toBeNull();
  });

  it("stops trying after ten minutes", async () => {
    found = () => Promise.reject(down());
    await fail();
    clock.move(11 * 60_000);
    expect(await work()).toEqual([undefined]);
  });
});
