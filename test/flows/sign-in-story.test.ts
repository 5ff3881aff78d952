import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askDesk } from "../../src/mcp/bridge/reach-holder.js";
import { browserAt } from "../fixtures/plain-browser.js";
import { type SignedInWorld, startSignedInWorld } from "../fixtures/signed-in-world.js";

let world: SignedInWorld;
beforeAll(async () => {
  world = await startSignedInWorld("reading: [{ dag: orders_daily, people: ['console:ben@example.com'] }]");
});
afterAll(() => world.stop());

interface Shown {
  readonly messages: readonly { readonly id: string; readonly isPrivate: boolean; readonly card: object | null }[];
}

describe("the console on real connections, with sign-in", { timeout: 120_000 }, () => {
  it("lets Ben approve what he may under his own name, Mia not, and nobody see anything unsigned", async () => {
    const ben = browserAt(world.consoleUrl);
    const mia = browserAt(world.consoleUrl);
    world.provider.as({ sub: "u-mia", name: "Mia", email: "mia@example.com", email_verified: true });
    await mia.signIn();
    world.provider.as({ sub: "u-ben", name: "Ben", email: "ben@example.com", email_verified: true });
    await ben.signIn();
    await expect.poll(async () => (await ben.go(`${world.consoleUrl}/readyz`)).status, { timeout: 60_000 }).toBe(200);
    world.breakSomething();
    world.breakSomething("orders_daily:spot_loss");

    let thread = "";
    let proposal = "";
    const read = async (browser: typeof ben) =>
      JSON.stringify(
        ((await (await browser.go(`${world.consoleUrl}/api/threads/${thread}`)).json()) as Shown).messages,
      );
    await expect
      .poll(
        async () => {
          const { threads } = (await (await ben.go(`${world.consoleUrl}/api/threads`)).json()) as {
            threads: { id: string }[];
          };
          thread = threads.find((one) => JSON.stringify(one).includes("clickstream_hourly"))?.id ?? "";
          if (thread !== "") proposal = /"action":"approve"[^}]*"value":"(pro_\w+)"/.exec(await read(ben))?.[1] ?? "";
          return proposal;
        },
        { timeout: 60_000 },
      )
      .not.toBe("");
    expect((await fetch(`${world.consoleUrl}/api/threads/${thread}`)).status).toBe(401);

    const approve = (person: string, click: string) => ({
      kind: "decision",
      person,
      click,
      thread,
      proposal,
      verdict: "approved",
      reason: null,
    });
    world.provider.userInfo = {
      statusCode: 200,
      body: { sub: "u-mia", email: "mia@example.com", email_verified: true },
    };
    expect((await mia.post("/api/events", approve("console:mia@example.com", "click-mia-1"))).status).toBe(202);
    await expect.poll(() => read(mia), { timeout: 30_000 }).toContain("You may not decide this rerun");
    expect((await mia.post("/api/events", approve("console:ben@example.com", "click-mia-2"))).status).toBe(409);

    world.provider.userInfo = { statusCode: 503, body: {} };
    expect((await ben.post("/api/events", approve("console:ben@example.com", "click-ben-1"))).status).toBe(202);
    await expect.poll(() => read(ben), { timeout: 30_000 }).toContain("could not be checked");
    expect(await read(ben)).toContain('"action":"approve"');

    world.provider.userInfo = {
      statusCode: 200,
      body: { sub: "u-ben", email: "ben@example.com", email_verified: true },
    };
    expect((await ben.post("/api/events", approve("console:ben@example.com", "click-ben-2"))).status).toBe(202);
    await expect.poll(() => read(mia), { timeout: 60_000 }).toMatch(/RECOVERED|Recovered/);
    expect(await read(mia)).toContain('"name":"Ben"');

    // The plan for orders_daily waits too, but nothing of it is said in a room that others can read.
    const waiting = async () => JSON.stringify(await askDesk(world.dataDir, { do: "list", all: true }));
    await expect.poll(waiting, { timeout: 60_000 }).toContain("orders_daily");
    const all = async () => (await ben.go(`${world.consoleUrl}/api/threads`)).text();
    expect(await all()).not.toContain("orders_daily");
    const ask = async (text: string, click: string) => {
      const question = { kind: "question", person: "console:ben@example.com", click, thread: null, text };
      thread = ((await (await ben.post("/api/events", question)).json()) as { thread: string }).thread;
      const words = async () => (JSON.parse(await read(ben)) as Shown["messages"]).slice(1);
      await expect.poll(async () => (await words()).length, { timeout: 30_000 }).toBeGreaterThan(0);
      return JSON.stringify(await words());
    };
    expect(await ask("status", "click-ben-3")).not.toContain("orders_daily");
    expect(await ask("what failed today", "click-ben-4")).not.toContain("orders_daily");
    expect(await ask("why did orders_daily fail", "click-ben-5")).toMatch(
      /No DAG, job or incident fits|may not be read about here/,
    );
  });
});
