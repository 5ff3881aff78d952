import { afterEach, expect, test } from "vitest";
import { type ConsoleAtWork, smallCard, startConsole } from "./console-at-work.js";

let console: ConsoleAtWork;
afterEach(() => console.stop());

/** Reads one page's event stream until it holds `words`. */
async function openPage(person: string) {
  const response = await fetch(`${console.address}/api/stream?person=${person}`);
  const reader = response.body?.getReader();
  if (!reader) throw new Error("no stream");
  const decoder = new TextDecoder();
  let heard = "";
  return {
    heard: () => heard,
    async until(words: string): Promise<string> {
      while (!heard.includes(words)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended without "${words}": ${heard}`);
        heard += decoder.decode(value, { stream: true });
      }
      return heard;
    },
    async ended(): Promise<boolean> {
      for (;;) if ((await reader.read()).done) return true;
    },
  };
}

test("open pages hear of new messages and edits as they happen", async () => {
  console = await startConsole();
  const page = await openPage("console:ana");
  await page.until("event: hello");
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  await page.until("loyalty_export failed");
  await console.adapter.update(root, smallCard("loyalty_export recovered"));
  await page.until("loyalty_export recovered");
});

test("a private note goes to its reader's page only", async () => {
  console = await startConsole();
  const [ana, ben] = [await openPage("console:ana"), await openPage("console:ben")];
  await Promise.all([ana.until("hello"), ben.until("hello")]);
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  const thread = { platform: "console", address: { thread: root.address["thread"] ?? "" } };
  const person = await console.adapter.lookUp("console:ben");
  await console.adapter.whisper(person, thread, smallCard("Only for Ben"));
  await console.adapter.postReply(root, smallCard("for everybody"));
  await ben.until("Only for Ben");
  await ana.until("for everybody");
  expect(ana.heard()).not.toContain("Only for Ben");
});

test("stopping ends every stream, so that the process can", async () => {
  console = await startConsole();
  const page = await openPage("console:ana");
  await page.until("hello");
  await console.adapter.stop();
  await expect(page.ended()).resolves.toBe(true);
});
