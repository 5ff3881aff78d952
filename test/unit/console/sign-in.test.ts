import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSignIn, type SignedIn } from "../../../adapters/console/sign-in/index.js";
import type { Person } from "../../../src/core/person.js";
import { clientId, type IdentityProvider, startIdentityProvider } from "../../fixtures/identity-provider.js";
import { browserAt, locationOf } from "../../fixtures/plain-browser.js";
import { silentLogger } from "../../fixtures/silent-logger.js";
import { type ConsoleAtWork, smallCard, startConsole } from "./console-at-work.js";

const ben = { sub: "u-ben", name: "Ben", email: "Ben@Example.com", email_verified: true };

let provider: IdentityProvider;
let console: ConsoleAtWork;
let known: Map<string, Person>;
let nowMs: number;

const signedIn: SignedIn = {
  async remember(person) {
    known.set(person.id, person);
  },
  find: async (id) => known.get(id) ?? null,
  async forget(id) {
    known.delete(id);
  },
};

/** The provider's tokens carry the real time, so the console's clock starts there. */
const clock = { now: () => new Date(nowMs), sleep: () => new Promise<void>(() => {}) };

async function open(more: { readonly domains?: readonly string[]; readonly issuer?: string } = {}) {
  const config = {
    issuer: more.issuer ?? provider.issuer,
    clientId,
    clientSecret: { name: "PIPEWRIGHT_OIDC_CLIENT_SECRET", read: () => "a-secret-of-the-client" },
    domains: more.domains ?? [],
    consoleUrl: null,
  };
  const signIn = createSignIn({ config, signedIn, clock, logger: silentLogger });
  console = await startConsole({ mode: "real", people: null, signIn });
}

beforeEach(async () => {
  known = new Map();
  nowMs = Date.now();
  provider = await startIdentityProvider();
  provider.as(ben);
});
afterEach(async () => {
  await console.stop();
  await provider.stop();
});

const approve = (thread: string, person = "console:ben@example.com") => ({
  kind: "decision",
  person,
  click: "click-00000001",
  thread,
  proposal: "pro_7",
  verdict: "approved",
  reason: null,
});

describe("sign-in to the console", () => {
  it("shows nothing before, then Ben under his verified address, back on the page he asked for", async () => {
    await open();
    const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
    const thread = root.address["thread"] ?? "";
    const browser = browserAt(console.address);
    expect((await browser.go(`${console.address}/api/threads`)).status).toBe(401);
    expect((await browser.go(`${console.address}/api/threads/${thread}`)).status).toBe(401);
    expect((await browser.go(`${console.address}/api/stream`)).status).toBe(401);
    expect((await browser.post("/api/events", approve(thread))).status).toBe(401);

    const back = await browser.signIn(`/#/t/${thread}`);
    expect(back.status).toBe(302);
    expect(locationOf(back)).toBe(`/#/t/${thread}`);
    expect(browser.set.filter((line) => line.startsWith("pipewright_session="))).toEqual([
      expect.stringMatching(/HttpOnly; SameSite=Lax$/),
    ]);
    const session = await (await browser.go(`${console.address}/api/session`)).json();
    expect(session).toMatchObject({
      by: "sign-in",
      readOnly: false,
      people: [{ id: "console:ben@example.com", name: "Ben" }],
    });
    expect((await browser.post("/api/events", approve(thread))).status).toBe(202);
    expect(console.taken).toMatchObject([
      { kind: "decision", person: { id: "console:ben@example.com", standing: "member", email: "ben@example.com" } },
    ]);
  });

  it("lets nobody act as somebody else, nor without the page's proof", async () => {
    await open();
    const root = await console.adapter.postRoot(smallCard("loyalty_export failed"));
    const thread = root.address["thread"] ?? "";
    const browser = browserAt(console.address);
    await browser.signIn();
    expect((await browser.post("/api/events", approve(thread, "console:cleo@example.com"))).status).toBe(409);
    const bare = await browser.go(`${console.address}/api/events`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: console.address },
      body: JSON.stringify(approve(thread)),
    });
    expect(bare.status).toBe(403);
    const foreign = await browser.go(`${console.address}/auth/logout`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
      body: "{}",
    });
    expect(foreign.status).toBe(403);
    expect(console.taken).toEqual([]);
  });

  it("ends at the sign-out, and after eight hours", async () => {
    await open();
    const browser = browserAt(console.address);
    await browser.signIn();
    const cookie = browser.cookies.get("pipewright_session") ?? "";
    expect((await browser.post("/auth/logout", {})).status).toBe(204);
    expect(known.size).toBe(0);
    browser.cookies.set("pipewright_session", cookie);
    expect((await browser.go(`${console.address}/api/threads`)).status).toBe(401);
    await browser.signIn();
    expect((await browser.go(`${console.address}/api/threads`)).status).toBe(200);
    nowMs += 8 * 3_600_000;
    expect((await browser.go(`${console.address}/api/threads`)).status).toBe(401);
  });

  it("ends the live line of a page whose sign-in has ended, before anything more is said on it", async () => {
    await open();
    const browser = browserAt(console.address);
    await browser.signIn();
    const line = (await browser.go(`${console.address}/api/stream`)).body?.getReader();
    if (line === undefined) throw new Error("no stream");
    const hear = async () => {
      const { value, done } = await line.read();
      return done ? "ended" : new TextDecoder().decode(value);
    };
    expect(await hear()).toContain("hello");
    await console.adapter.postRoot(smallCard("loyalty_export failed"));
    expect(await hear()).toContain("loyalty_export failed");
    nowMs += 8 * 3_600_000;
    await console.adapter.postRoot(smallCard("payroll failed", { subject: "incident:inc_10" }));
    expect(await hear()).toBe("ended");
  });

  it.each(["//evil.example/", "https://evil.example/", "/\\evil.example", "/auth/login", "javascript:alert(1)"])(
    "comes back to the console's own page whatever is asked for: %s",
    async (to) => {
      await open();
      expect(locationOf(await browserAt(console.address).signIn(to))).toBe("/");
    },
  );

  it("names who has no verified address by the provider's subject, which may not look like an address", async () => {
    await open();
    provider.as({ ...ben, email_verified: false });
    const browser = browserAt(console.address);
    await browser.signIn();
    expect(known.has("console:u-ben")).toBe(true);
    provider.as({ sub: "ben@example.com", name: "Mallory" });
    expect((await browserAt(console.address).signIn()).status).toBe(403);
    expect([...known.keys()]).toEqual(["console:u-ben"]);
  });

  it("keeps strangers out where the domains are named", async () => {
    await open({ domains: ["example.com"] });
    for (const stranger of [
      { ...ben, email: "ben@evil.example" },
      { ...ben, email_verified: false },
      { sub: "u-ben" },
    ]) {
      provider.as(stranger);
      expect((await browserAt(console.address).signIn()).status).toBe(403);
    }
    provider.as(ben);
    expect((await browserAt(console.address).signIn()).status).toBe(302);
  });
});

describe("an answer of the provider that does not fit", () => {
  const soon = () => Math.floor(Date.now() / 1000);
  it.each([
    ["another issuer", { iss: "https://login.evil.example" }],
    ["another audience", { aud: "another-client" }],
    ["another nonce", { nonce: "somebody-else's" }],
    ["no nonce", { nonce: undefined }],
    ["an end in the past", { exp: soon() - 600 }],
  ])("is refused: %s", async (_what, claims) => {
    await open();
    provider.as({ ...ben, ...claims });
    const browser = browserAt(console.address);
    const answer = await browser.signIn();
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("was not accepted");
    expect(browser.cookies.has("pipewright_session")).toBe(false);
    expect(known.size).toBe(0);
  });

  it("is refused: signed with a key that is not the provider's", async () => {
    await open();
    provider.server.service.once("beforeResponse", (response) => {
      const body = response.body as { id_token: string };
      const [head, payload] = body.id_token.split(".");
      body.id_token = `${head}.${payload}.${Buffer.alloc(256, 7).toString("base64url")}`;
    });
    expect((await browserAt(console.address).signIn()).status).toBe(403);
    expect(known.size).toBe(0);
  });

  it("is refused: another state, a code used twice, or another browser's way back", async () => {
    await open();
    const browser = browserAt(console.address);
    const back = new URL(await browser.toCallback());
    const forged = new URL(back);
    forged.searchParams.set("state", "of-somebody-else");
    expect((await browserAt(console.address).go(back.href)).status).toBe(403);
    expect((await browser.go(forged.href)).status).toBe(403);
    expect((await browser.go(back.href)).status).toBe(403);
    expect(known.size).toBe(0);
    const again = await browser.toCallback();
    expect((await browser.go(again)).status).toBe(302);
    expect((await browser.go(again)).status).toBe(403);
  });

  it("is refused: a provider that calls itself something else, or is away", async () => {
    await open();
    provider.server.issuer.url = "https://login.evil.example";
    expect((await browserAt(console.address).go(`${console.address}/auth/login`)).status).toBe(503);
    await console.stop();
    await open({ issuer: "http://127.0.0.1:9" });
    const away = await browserAt(console.address).go(`${console.address}/auth/login`);
    expect(away.status).toBe(503);
    expect(await away.text()).toContain("can't be reached");
  });
});

describe("who signed in is looked up afresh", () => {
  const id = "console:ben@example.com";

  it("at the provider, which may say no, and where nobody answers nobody is vouched for", async () => {
    await open();
    await browserAt(console.address).signIn();
    expect(await console.adapter.lookUp(id)).toMatchObject({ id, standing: "member" });
    provider.userInfo = { statusCode: 401, body: {} };
    await expect(console.adapter.lookUp(id)).rejects.toMatchObject({ code: "refused" });
    provider.userInfo = { statusCode: 503, body: {} };
    await expect(console.adapter.lookUp(id)).rejects.toMatchObject({ code: "upstream", retryable: true });
    provider.as({ ...ben, email: "somebody@example.com" });
    await expect(console.adapter.lookUp(id)).rejects.toThrow("another address");
  });

  it("by the common store where another process signed them in, and not at all where nobody did", async () => {
    await open();
    await expect(console.adapter.lookUp(id)).rejects.toThrow("not signed in");
    known.set(id, { id, platform: "console", displayName: "Ben", standing: "member" });
    expect(await console.adapter.lookUp(id)).toMatchObject({ displayName: "Ben" });
  });

  it("with a fresh token where the old one has ended", async () => {
    await open();
    await browserAt(console.address).signIn();
    nowMs += 2 * 3_600_000;
    let refreshed = 0;
    provider.server.service.on("beforeResponse", () => {
      refreshed += 1;
    });
    expect(await console.adapter.lookUp(id)).toMatchObject({ id });
    expect(refreshed).toBe(1);
  });
});
