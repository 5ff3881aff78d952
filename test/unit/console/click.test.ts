import { afterEach, expect, test } from "vitest";
import { RefusedByPolicy } from "../../../src/core/errors.js";
import { type ConsoleAtWork, smallCard, startConsole } from "./console-at-work.js";

let console: ConsoleAtWork;
afterEach(() => console.stop());

const approve = (thread: string, more: object = {}) => ({
  kind: "decision",
  person: "console:ben",
  click: "click-00000001",
  thread,
  proposal: "pro_7",
  verdict: "approved",
  reason: null,
  ...more,
});

async function openIncident(): Promise<string> {
  const { address } = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  return address["thread"] ?? "";
}

test("Ben's approval reaches the flows once, as Ben and with his standing", async () => {
  console = await startConsole();
  const thread = await openIncident();
  const answer = await console.post("/api/events", approve(thread));
  expect(answer.status).toBe(202);
  expect(console.taken).toEqual([
    {
      kind: "decision",
      eventId: "console:ben:click-00000001",
      person: { id: "console:ben", platform: "console", displayName: "Ben", standing: "member" },
      proposalId: "pro_7",
      verdict: "approved",
      reason: null,
      thread: { platform: "console", address: { thread } },
    },
  ]);
});

test("the same click posted again, even at the same moment, is one event", async () => {
  console = await startConsole();
  const thread = await openIncident();
  const [first, second] = await Promise.all([
    console.post("/api/events", approve(thread)),
    console.post("/api/events", approve(thread)),
  ]);
  const third = await console.post("/api/events", approve(thread));
  expect([first.status, second.status, third.status]).toEqual([202, 202, 202]);
  expect(console.taken).toHaveLength(1);
});

test("a click that could not be taken may be posted again", async () => {
  console = await startConsole();
  const thread = await openIncident();
  let isFull = true;
  await console.adapter.start({
    async take(event) {
      if (isFull) throw new RefusedByPolicy("Too many decisions wait; nothing was done.", "Try again in a minute.");
      console.taken.push(event);
    },
  });
  const refused = await console.post("/api/events", approve(thread));
  expect(refused.status).toBe(409);
  expect(await refused.json()).toEqual({ error: "Too many decisions wait; nothing was done. Try again in a minute." });
  isFull = false;
  expect((await console.post("/api/events", approve(thread))).status).toBe(202);
  expect(console.taken).toHaveLength(1);
});

test("a denial carries its reason, and an empty reason is none", async () => {
  console = await startConsole();
  const thread = await openIncident();
  await console.post("/api/events", approve(thread, { verdict: "denied", reason: "the vendor resends at 9" }));
  await console.post("/api/events", approve(thread, { verdict: "denied", reason: "  ", click: "click-00000002" }));
  expect(console.taken.map((event) => event.kind === "decision" && event.reason)).toEqual([
    "the vendor resends at 9",
    null,
  ]);
});

test("a question without a thread opens one that bears it, and the answer goes there", async () => {
  console = await startConsole();
  const posted = { kind: "question", person: "console:ana", click: "click-00000003", thread: null, text: "status" };
  const answer = await console.post("/api/events", posted);
  const { thread } = (await answer.json()) as { thread: string };
  expect(console.taken[0]).toMatchObject({ kind: "question", text: "status", thread: { address: { thread } } });
  await console.adapter.postReply(
    { platform: "console", address: { thread } },
    smallCard("Nothing is open.", { subject: "answer" }),
  );
  const { messages } = (await (await console.get(`/api/threads/${thread}?person=console:ana`)).json()) as {
    messages: { text: string | null; author: { name: string } | null; card: { fallback: string } | null }[];
  };
  expect(messages.map(({ text, author, card }) => [author?.name, text ?? card?.fallback])).toEqual([
    ["Ana", "status"],
    [undefined, "Nothing is open."],
  ]);
});

test.each([
  ["an unknown kind", { kind: "run", person: "console:ben", click: "click-00000004", thread: "t" }],
  ["a field that does not belong", approve("t", { plan: { steps: [] } })],
  ["a click without an id", approve("t", { click: "" })],
  [
    "a question of nothing but blanks",
    { kind: "question", person: "console:ana", click: "click-00000005", thread: null, text: "   " },
  ],
  ["a thread nobody knows", approve("event_999")],
])("%s is refused and reaches nobody", async (_what, body) => {
  console = await startConsole();
  const answer = await console.post("/api/events", body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error).toMatch(/nothing was done/i);
  expect(console.taken).toEqual([]);
});

test("somebody who is not of the simulated company can't act", async () => {
  console = await startConsole();
  const thread = await openIncident();
  const answer = await console.post("/api/events", approve(thread, { person: "slack:U0BEN" }));
  expect(answer.status).toBe(409);
  expect(console.taken).toEqual([]);
});

test("Dan is known as a guest, and nobody else is known at all", async () => {
  console = await startConsole();
  await expect(console.adapter.lookUp("console:dan")).resolves.toMatchObject({ standing: "guest" });
  await expect(console.adapter.lookUp("console:eve")).rejects.toThrow(/knows nobody called console:eve/);
});
