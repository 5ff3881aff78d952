import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IncomingEvent } from "../../src/chat/incoming.js";
import { finalFingerprint } from "../../src/core/fingerprint.js";
import type { Person } from "../../src/core/person.js";
import type { Audience, ReadingRule } from "../../src/core/reading.js";
import type { OutboxItem, Store } from "../../src/core/store.js";
import { handleChatEvent } from "../../src/flows/handle-chat-event.js";
import { createIdentities } from "../../src/flows/identities.js";
import { investigateIncident } from "../../src/flows/investigate-incident.js";
import { publishIncident, publishSummary } from "../../src/flows/publish-incident.js";
import { createReading, type Reading } from "../../src/flows/reading.js";
import { canonicalDigest } from "../../src/store/canonical-digest.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { type RecordingAdapter, recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { incidentAbout, taskFailed, transient } from "./approval-world.js";

const rule = (more: Partial<ReadingRule>): ReadingRule => ({
  connection: null,
  dag: null,
  channels: null,
  people: null,
  ...more,
});
const finance = rule({ dag: "finance_*", channels: ["slack:CFIN"] });
const payroll = rule({ dag: "payroll", people: ["slack:ANA"] });

const member = (id: string, more: Partial<Person> = {}): Person => ({
  id: `slack:${id}`,
  platform: "slack",
  displayName: id,
  standing: "member",
  ...more,
});
const ana = member("ANA");
const ben = member("BEN");

const clock = movedClock("2026-03-01T08:00:00Z");
const ids = createIds(randomBytes, clock);
let dataDir: string;
let store: Store;
let chat: RecordingAdapter;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-reading-"));
  store = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
  chat = recordingAdapter([ana, ben, member("DAN", { standing: "guest" }), member("SAM", { standing: "stranger" })]);
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

function reading(home = "slack:CGEN", emailDomains: readonly string[] = []): Reading {
  const identities = createIdentities({ humans: [], emailDomains, lookUp: (id) => chat.lookUp(id) });
  return createReading({ rules: [finance, payroll], identities, homes: { slack: home } });
}

const order = (kind: OutboxItem["kind"], subject: string, payload = {}): OutboxItem => ({
  id: "out_1",
  kind,
  subject,
  payload,
  createdAt: clock.now().toISOString(),
  attempts: 0,
  notBefore: null,
});

const show = (home?: string) => ({
  store,
  clock,
  digest: canonicalDigest,
  adapters: [chat],
  simulated: false,
  nameWords: async () => null,
  hideValues: (text: string) => text,
  runbooks: [],
  unkept: new Map(),
  reading: reading(home),
});

const about = (dagId: string) => ({
  ...incidentAbout({ failures: [taskFailed("load", -1, { dagId })] }),
  id: `inc_${dagId}`,
  dagId,
  title: `${dagId} / load`,
});

describe("a thread", () => {
  it("opens only in a channel that all its DAGs may be read in", async () => {
    await store.transact((tx) => tx.incidents.put(about("finance_close")));
    await publishIncident(order("publish", "inc_finance_close"), show("slack:CGEN"));
    expect(chat.messages).toEqual([]);
    await publishIncident(order("publish", "inc_finance_close"), show("slack:CFIN"));
    expect(chat.messages.length).toBeGreaterThan(0);
    const both = {
      ...about("orders"),
      failures: [taskFailed("load", -1, { dagId: "orders" }), taskFailed("load", -1, { dagId: "payroll" })],
    };
    await store.transact((tx) => tx.incidents.put(both));
    const before = chat.messages.length;
    await publishIncident(order("publish", "inc_orders"), show("slack:CFIN"));
    expect(chat.messages).toHaveLength(before);
  });

  it("of a first contact names and counts only what may stand there", async () => {
    const failures = ["orders", "finance_close", "payroll"].map((dagId) => taskFailed("load", -1, { dagId }));
    await publishSummary(order("summary", "airflow:test", { failures }), show("slack:CGEN"));
    const words = chat.messages.map(({ card }) => wordsOf(card)).join("\n");
    expect(words).toContain("orders");
    expect(words).not.toMatch(/finance_close|payroll|\b[23]\b/);
    chat.messages.splice(0);
    await publishSummary(order("summary", "airflow:other", { failures: failures.slice(1) }), show("slack:CGEN"));
    expect(chat.messages).toEqual([]);
  });
});

describe("whoever asks or clicks", () => {
  const heard: Audience[] = [];
  const proposed: string[] = [];
  const nobody = () => Promise.reject(new Error("not asked for in this story"));

  async function take(
    event: Partial<IncomingEvent> & { readonly kind: "question" | "button" },
    emailDomains?: readonly string[],
  ) {
    heard.splice(0);
    proposed.splice(0);
    const whole = {
      eventId: "e1",
      person: ben,
      thread: { platform: "slack", address: { channel: "CGEN", id: "m1" } },
      ...event,
    };
    await handleChatEvent(order("answer", "e1", { event: whole }), {
      ...show(),
      ids,
      logger: silentLogger,
      approvals: { decide: nobody, refresh: nobody },
      proposals: {
        async propose({ incidentId }) {
          proposed.push(incidentId);
          return undefined as never;
        },
        get: nobody,
        ofIncident: nobody,
      },
      async answer(_question, _requester, audience) {
        heard.push(audience);
        return { lines: [[{ t: "text", text: "an answer" }]], proposalId: null, incidentId: null, mute: null };
      },
      reading: reading("slack:CGEN", emailDomains),
      hasModel: false,
    });
  }

  it("is answered as who they are, where they are", async () => {
    await take({ kind: "question", text: "status", isPrivate: false });
    expect(heard).toMatchObject([{ personId: "slack:BEN", channel: "slack:CGEN", isPrivate: false }]);
    expect(chat.messages).toHaveLength(1);
  });

  it("is refused alone, with nothing in the thread, as a guest, a stranger, or where nobody can say who is who", async () => {
    for (const person of [member("DAN"), member("SAM"), member("GONE")]) {
      await take({ kind: "question", text: "why did orders fail", isPrivate: false, person });
    }
    await take({ kind: "question", text: "status", isPrivate: false, person: member("GONE") }, ["example.com"]);
    expect(heard).toEqual([]);
    expect(chat.messages).toEqual([]);
    expect(chat.whispers.map(({ personId }) => personId)).toEqual([
      "slack:DAN",
      "slack:SAM",
      "slack:GONE",
      "slack:GONE",
    ]);
  });

  it("can't press what they may not read", async () => {
    await store.transact(async (tx) => {
      await tx.incidents.put(about("payroll"));
      await tx.incidents.put(about("orders"));
    });
    const press = { kind: "button", action: "propose", value: "inc_payroll" } as const;
    await take(press);
    expect(proposed).toEqual([]);
    expect(wordsOf(chat.whispers[0]?.card as never)).toContain("may not read about this");
    await take({ ...press, person: ana });
    expect(proposed).toEqual(["inc_payroll"]);
    await take({ ...press, value: "inc_orders" });
    expect(proposed).toEqual(["inc_orders"]);
  });
});

describe("two failures of one cause", () => {
  const found = { verdict: transient, blocked: [], owner: null, links: [], changes: [] };
  const deps = (readingRules: readonly ReadingRule[]) => ({
    store,
    clock,
    ids,
    logger: silentLogger,
    investigate: async () => found,
    proposals: { proposeForAlert: () => Promise.reject(new Error("no rerun in this story")) },
    ownerOf: () => null,
    readingRules,
  });
  const fresh = (dagId: string) => ({ ...about(dagId), state: "open" as const, verdict: null });

  async function diagnoseBoth(rules: readonly ReadingRule[]) {
    const cause = finalFingerprint(taskFailed("load", -1, { dagId: "finance_close" }), transient);
    await store.transact(async (tx) => {
      await tx.incidents.put({ ...about("finance_close"), fingerprint: cause });
      await tx.incidents.put(fresh("orders"));
    });
    await investigateIncident(order("investigate", "inc_orders"), deps(rules)).catch(() => undefined);
    return store.transact((tx) => tx.incidents.find());
  }

  it("share one thread where the same people may read about both", async () => {
    expect(await diagnoseBoth([])).toHaveLength(1);
  });

  it("keep to themselves where not", async () => {
    const rows = await diagnoseBoth([finance]);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(["inc_finance_close", "inc_orders"]);
    expect(rows.find(({ id }) => id === "inc_orders")).toMatchObject({ earlierIncidentId: null, history: null });
  });
});
