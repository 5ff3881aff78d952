import { afterEach, expect, test } from "vitest";
import type { MessageView, ThreadView } from "../../../adapters/console/render.js";
import { type ConsoleAtWork, memoryHistory, smallCard, startConsole } from "./console-at-work.js";

let console: ConsoleAtWork;
afterEach(() => console.stop());

const ben = { id: "console:ben", platform: "console", displayName: "Ben", standing: "member" } as const;

async function messagesFor(person: string, thread: string): Promise<readonly MessageView[]> {
  const answer = await console.get(`/api/threads/${thread}?person=${person}`);
  return ((await answer.json()) as { messages: MessageView[] }).messages;
}

async function threadsFor(person: string): Promise<readonly ThreadView[]> {
  return ((await (await console.get(`/api/threads?person=${person}`)).json()) as { threads: ThreadView[] }).threads;
}

const words = (messages: readonly MessageView[]) => messages.map((message) => message.card?.fallback ?? message.text);

test("a root is edited in place, and a second root about the same incident is the same message", async () => {
  console = await startConsole();
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  await console.adapter.postReply(root, smallCard("Evidence", { subject: "evidence:inc_9" }));
  console.clock.set("2026-05-04T02:06:00.000Z");
  await console.adapter.update(root, smallCard("loyalty_export recovered", { tone: "recovered" }));
  const again = await console.adapter.postRoot(smallCard("loyalty_export recovered", { tone: "recovered" }));

  expect(again).toEqual(root);
  const messages = await messagesFor("console:ana", root.address["thread"] ?? "");
  expect(words(messages)).toEqual(["loyalty_export recovered", "Evidence"]);
  expect(messages[0]).toMatchObject({ postedAt: "2026-05-04T02:00:00.000Z", editedAt: "2026-05-04T02:06:00.000Z" });
  expect(await threadsFor("console:ana")).toMatchObject([{ tone: "recovered", replies: 1, about: "incident" }]);
});

test("a private note is seen by its one reader, in the thread and in the list", async () => {
  console = await startConsole();
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  const thread = { platform: "console", address: { thread: root.address["thread"] ?? "" } };
  await console.adapter.whisper(ben, thread, smallCard("You may not approve this.", { subject: "refusal" }));

  expect(words(await messagesFor("console:ben", thread.address.thread))).toEqual([
    "loyalty_export failed",
    "You may not approve this.",
  ]);
  for (const other of ["console:ana", "console:dan", "nobody", ""]) {
    expect(words(await messagesFor(other, thread.address.thread))).toEqual(["loyalty_export failed"]);
  }
  const [forBen] = await threadsFor("console:ben");
  const [forAna] = await threadsFor("console:ana");
  expect([forBen?.replies, forAna?.replies]).toEqual([1, 0]);
});

test("the thread survives a restart, and its root can still be edited", async () => {
  const history = memoryHistory();
  console = await startConsole({ history });
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  await console.adapter.postReply(root, smallCard("Evidence"));
  const [before] = await threadsFor("console:ana");
  await console.stop();

  console = await startConsole({ history });
  await console.adapter.update(root, smallCard("loyalty_export recovered"));
  expect(words(await messagesFor("console:ana", root.address["thread"] ?? ""))).toEqual([
    "loyalty_export recovered",
    "Evidence",
  ]);
  // An open page takes only what is newer than what it shows.
  const [after] = await threadsFor("console:ana");
  expect(after?.seq).toBeGreaterThan(before?.seq ?? Number.POSITIVE_INFINITY);
});

test("what is posted is in the history before postRoot answers", async () => {
  const history = memoryHistory();
  console = await startConsole({ history });
  await console.adapter.postRoot(smallCard("loyalty_export failed"));
  expect(JSON.stringify(history.stored)).toContain("loyalty_export failed");
});

test("a history that can't be read starts the console empty instead of not at all", async () => {
  const history = memoryHistory();
  history.stored = { version: 1, messages: "scrambled" };
  console = await startConsole({ history });
  expect(await threadsFor("console:ana")).toEqual([]);
});

test("an edit of a message that was let go brings it back", async () => {
  console = await startConsole();
  const gone = { platform: "console", address: { thread: "event_77", message: "event_77" } } as const;
  await console.adapter.update(gone, smallCard("loyalty_export recovered"));
  expect(words(await messagesFor("console:ana", "event_77"))).toEqual(["loyalty_export recovered"]);
});

test("links that lead elsewhere than to the web become plain words", async () => {
  console = await startConsole();
  const root = await console.adapter.postRoot(
    smallCard("x", {
      blocks: [
        {
          b: "lines",
          lines: [
            [
              { t: "link", text: "run", url: "https://airflow.example/1" },
              { t: "link", text: "trap", url: "javascript:alert(1)" },
            ],
          ],
        },
        {
          b: "buttons",
          buttons: [{ action: "open", label: "Open", style: "plain", value: "", url: "data:text/html,x" }],
        },
      ],
    }),
  );
  const [message] = await messagesFor("console:ana", root.address["thread"] ?? "");
  expect(message?.card?.blocks).toEqual([
    {
      b: "lines",
      lines: [
        [
          { t: "link", text: "run", url: "https://airflow.example/1" },
          { t: "text", text: "trap" },
        ],
      ],
    },
    { b: "buttons", buttons: [] },
  ]);
});
