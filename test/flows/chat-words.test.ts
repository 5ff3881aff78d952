import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IncomingEvent } from "../../src/chat/incoming.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { Person } from "../../src/core/person.js";
import type { Ids } from "../../src/core/ports.js";
import type { Store } from "../../src/core/store.js";
import type { Verdict } from "../../src/core/verdict.js";
import { createDispatcher, type Dispatcher } from "../../src/flows/dispatch-outbox.js";
import { handleChatEvent } from "../../src/flows/handle-chat-event.js";
import { createChatEvents } from "../../src/flows/take-chat-event.js";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { incidentRow } from "../contracts/store-suite.js";
import { type MovedClock, movedClock } from "../fixtures/moved-clock.js";
import { openReading } from "../fixtures/open-reading.js";
import { type RecordingAdapter, recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";

const dora: Person = { id: "slack:U0DORA", platform: "slack", displayName: "Dora", standing: "member" };

let dataDir: string;
let clock: MovedClock;
let store: Store;
let ids: Ids;
let chat: RecordingAdapter;
let dispatcher: Dispatcher;
let decided: string[];
let asked: string[];
let whisperFails: Error | null;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "pipewright-words-"));
  clock = movedClock("2026-05-04T07:00:00Z");
  ids = createIds(randomBytes, clock);
  store = await openFileStore({ dataDir, clock, ids, logger: silentLogger });
  const recorded = recordingAdapter([dora]);
  const { whisper } = recorded;
  chat = Object.assign(recorded, {
    async whisper(...[person, thread, card]: Parameters<typeof whisper>) {
      if (whisperFails !== null) throw whisperFails;
      await whisper(person, thread, card);
    },
  });
  decided = [];
  asked = [];
  whisperFails = null;
  const nobody = () => Promise.reject(new Error("not asked for in this story"));
  const deps = {
    store,
    clock,
    ids,
    logger: silentLogger,
    adapters: [chat],
    approvals: {
      async decide({ reason }: { readonly reason: string | null }) {
        decided.push(reason ?? "");
        const message = `Refused: ${reason}.`;
        return { kind: "refused", refusal: { kind: "look_up_failed", message }, proposal: null, whoMay: [] } as const;
      },
      refresh: nobody,
    },
    proposals: { propose: nobody, get: nobody, ofIncident: nobody },
    async answer({ text }: { readonly text: string }) {
      asked.push(text);
      return { lines: [], mute: null } as never;
    },
    nameWords: async () => null,
    simulated: false,
    hasModel: false,
    reading: openReading,
  };
  const handler = (item: Parameters<typeof handleChatEvent>[0]) => handleChatEvent(item, deps);
  dispatcher = createDispatcher({
    store,
    clock,
    logger: silentLogger,
    handlers: new Map([
      ["decide", handler],
      ["answer", handler],
    ]),
  });
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const thread = { platform: "slack", address: { id: "m1" } } as const;
const take = (event: IncomingEvent) => createChatEvents({ store, clock, ids, wake: () => undefined }).take(event);
const click = (reason: string) =>
  take({
    kind: "decision",
    eventId: `click ${reason}`,
    person: dora,
    thread,
    proposalId: "pro_7",
    verdict: "denied",
    reason,
  });
const left = () => store.transact((tx) => tx.outbox.find());
async function passMinutes(minutes: number): Promise<void> {
  for (let at = 0; at < minutes * 12; at += 1) {
    await dispatcher.idle();
    clock.move(5_000);
  }
}

describe("values that the channel does not see", () => {
  const line = "DETAIL:  Key (email)=(ana@customer.example) already exists.";
  const press = () =>
    take({ kind: "button", eventId: "reveal 1", person: dora, thread, action: "reveal", value: "inc_1" });

  beforeEach(async () => {
    const verdict = { evidence: [{ id: "E1", source: "log", line: 7, text: line }] } as unknown as Verdict;
    await store.transact((tx) => tx.incidents.put(incidentRow("inc_1", { verdict })));
  });

  it("are shown to the member who asks, to nobody else, and that is on record", async () => {
    await press();
    await dispatcher.idle();
    expect(chat.whispers.map(({ personId }) => personId)).toEqual(["slack:U0DORA"]);
    expect(wordsOf(chat.whispers[0]?.card as never)).toContain(line);
    expect(chat.messages).toEqual([]);
    const [row] = await store.transact((tx) => tx.audit.find());
    expect(row).toMatchObject({ actor: "slack:U0DORA", action: "values_shown", incidentId: "inc_1" });
  });

  it("are not shown to a guest", async () => {
    chat.people.set(dora.id, { ...dora, standing: "guest" });
    await press();
    await dispatcher.idle();
    expect(JSON.stringify(chat.whispers)).not.toContain("ana@customer");
    expect(await store.transact((tx) => tx.audit.find())).toEqual([]);
  });
});

describe("words that can't be delivered", () => {
  it("hold up no later decision on the same proposal", async () => {
    whisperFails = new UpstreamError("Slack refused chat.postEphemeral.", "", "rejected", false, false);
    await click("first");
    await click("second");
    await passMinutes(2);
    expect(decided).toEqual(["first", "second"]);
    expect(await left()).toEqual([]);
  });

  it("are said once Slack answers again, and the refused click is not decided a second time", async () => {
    whisperFails = new UpstreamError("Slack could not be reached.", "", "unreachable", true, false);
    await click("once");
    await dispatcher.idle();
    whisperFails = null;
    await passMinutes(1);
    expect(decided).toEqual(["once"]);
    expect(chat.whispers.map(({ card }) => wordsOf(card)).join()).toContain("Refused: once.");
    expect(chat.whispers).toHaveLength(1);
  });

  it("are given up after a few tries", async () => {
    whisperFails = new UpstreamError("Slack could not be reached.", "", "unreachable", true, false);
    await take({
      kind: "question",
      eventId: "q1",
      person: dora,
      thread,
      text: "status",
      isPrivate: true,
    });
    await passMinutes(5);
    expect(asked).toEqual(["status"]);
    expect(await left()).toEqual([]);
  });
});
