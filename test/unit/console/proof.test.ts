import { afterEach, expect, test } from "vitest";
import { type ConsoleAtWork, smallCard, startConsole } from "./console-at-work.js";

let console: ConsoleAtWork;
afterEach(() => console.stop());

async function approval(): Promise<object> {
  const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
  return {
    kind: "decision",
    person: "console:ben",
    click: "click-00000001",
    thread: root.address["thread"],
    proposal: "pro_7",
    verdict: "approved",
    reason: null,
  };
}

test.each([
  ["no Origin", { origin: null }, "origin"],
  ["another site's Origin", { origin: "https://evil.example" }, "origin"],
  ["another port of this machine", { origin: "http://127.0.0.1:1" }, "origin"],
  ["an opaque Origin", { origin: "null" }, "origin"],
  ["a cross-site fetch", { "sec-fetch-site": "cross-site" }, "origin"],
  ["no token", { "x-pipewright-token": null }, "token"],
  ["a wrong token", { "x-pipewright-token": "A".repeat(43) }, "token"],
  ["a form's media type", { "content-type": "text/plain" }, "media-type"],
])("a click with %s is refused", async (_what, headers, code) => {
  console = await startConsole();
  const answer = await console.post("/api/events", await approval(), headers);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code });
  expect(console.taken).toEqual([]);
});

test("the token of another start does not pass", async () => {
  const earlier = await startConsole();
  const { token } = (await (await earlier.get("/api/session")).json()) as { token: string };
  await earlier.stop();
  console = await startConsole();
  const answer = await console.post("/api/events", await approval(), { "x-pipewright-token": token });
  expect(await answer.json()).toMatchObject({ code: "token" });
  expect(console.taken).toEqual([]);
});

test("breaking something needs the same proof", async () => {
  const broken: string[] = [];
  const breakMenu = {
    list: () => [{ id: "spot", label: "loses its driver", pipeline: "loyalty_export" }],
    run: async (id: string) => void broken.push(id),
  };
  console = await startConsole({ breakMenu });
  const choice = { person: "console:ana", id: "spot", fix: false };
  expect((await console.post("/api/break", choice, { origin: "https://evil.example" })).status).toBe(403);
  expect((await console.post("/api/break", { ...choice, id: "everything" })).status).toBe(400);
  expect(broken).toEqual([]);
  expect((await console.post("/api/break", choice)).status).toBe(202);
  expect(broken).toEqual(["spot"]);
});

test("a body over 16 kB is not read", async () => {
  console = await startConsole();
  const answer = await console.post("/api/events", { ...(await approval()), text: "x".repeat(20_000) });
  expect(answer.status).toBe(413);
  expect(console.taken).toEqual([]);
});
