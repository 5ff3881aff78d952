import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createConsoleAdapter, sandboxPeople } from "../../adapters/console/index.js";
import type { MessageRef } from "../../src/chat/adapter.js";
import type { Card } from "../../src/chat/card.js";
import type { IncomingEvent } from "../../src/chat/incoming.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { createHealth } from "../../src/web/health.js";
import { createWebServers, type WebServers } from "../../src/web/server.js";
import { desktop, fitsItsWidth, launchChromium, phone, picture, watchErrors } from "./chromium.js";
import { spotLossStory } from "./story-cards.js";

const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const clock: Clock = {
  now: () => new Date(),
  sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true })),
};

let browser: Browser;
let web: WebServers;
let adapter: ReturnType<typeof createConsoleAdapter>;
let address: string;
let consolePort: number;
let stored: unknown;
let broken: string[];
let taken: IncomingEvent[];
let onTake: (event: IncomingEvent) => Promise<void>;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  stored = null;
  consolePort = 0;
  await startConsole("sandbox");
});
afterEach(async () => {
  await stopConsole();
  for (const context of browser.contexts()) await context.close();
});

async function startConsole(mode: "sandbox" | "real"): Promise<void> {
  let count = 0;
  broken = [];
  taken = [];
  onTake = async () => {};
  adapter = createConsoleAdapter({
    people: mode === "sandbox" ? sandboxPeople : null,
    mode,
    history: {
      load: async () => stored,
      save: async (state) => {
        stored = structuredClone(state);
      },
    },
    breakMenu: {
      list: () => [
        { id: "spot", pipeline: "loyalty_export", label: "The last of five tasks loses its driver" },
        {
          id: "column",
          pipeline: "member_profile",
          label: "Upstream renames a column",
          fixLabel: "Mark member_profile as fixed",
        },
      ],
      run: async (id) => void broken.push(id),
      fix: async (id) => void broken.push(`fixed ${id}`),
    },
    about: () => ({
      connections: ["airflow:sandbox", "databricks:sandbox"],
      notes: ["Slack is not connected: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN."],
    }),
    clock,
    ids: { next: (kind) => `${kind}_${Date.now()}_${++count}` },
    logger: quiet,
  });
  await adapter.start({
    async take(event) {
      taken.push(event);
      await onTake(event);
    },
  });
  web = createWebServers({
    config: { host: "127.0.0.1", port: 0, consolePort },
    routers: { platform: [], console: adapter.router },
    health: createHealth({ clock, staleAfterSeconds: 90 }),
    logger: quiet,
  });
  consolePort = (await web.start()).consolePort;
  address = `http://localhost:${consolePort}`;
}

async function stopConsole(): Promise<void> {
  await adapter.stop();
  await web.stop(0);
}

async function openPage(options: BrowserContextOptions, path = "/"): Promise<{ page: Page; errors: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(10_000);
  const errors = watchErrors(page);
  await page.goto(`${address}${path}`);
  return { page, errors };
}

interface Told {
  readonly root: MessageRef;
  readonly proposal: MessageRef;
}

async function tellStory(story = spotLossStory(new Date())): Promise<Told> {
  const root = await adapter.postRoot(story.root);
  await adapter.postReply(root, story.evidence);
  await adapter.postReply(root, story.reasons);
  return { root, proposal: await adapter.postReply(root, story.proposal) };
}

const messages = (page: Page) => page.locator("#messages");
const actAs = (page: Page, name: string) => page.getByLabel("Acting as").selectOption(`console:${name}`);
const approveButton = (page: Page) => page.getByRole("button", { name: "Approve" });

test("an empty console says what happens next, and the first thread appears by itself", async () => {
  const { page, errors } = await openPage(desktop);
  await page.getByRole("heading", { name: "All quiet, for a few seconds" }).waitFor();
  await picture(page, "empty-desktop");
  await tellStory();
  await page
    .getByRole("article", { name: /loyalty_export/ })
    .first()
    .waitFor();
  await approveButton(page).waitFor();
  await picture(page, "incident-desktop");
  expect(await page.getByText("Simulated", { exact: true }).first().isVisible()).toBe(true);
  expect(await fitsItsWidth(page)).toBe(true);
  expect(errors).toEqual([]);
});

test("a guest is refused in private, the approver's click runs once and the card tells the rest", async () => {
  const story = spotLossStory(new Date());
  const { root, proposal } = await tellStory(story);
  onTake = async (event) => {
    if (event.person.standing === "guest") await adapter.whisper(event.person, event.thread, story.refusal);
  };
  const { page, errors } = await openPage(desktop);
  await actAs(page, "dan");
  await approveButton(page).click();
  await page.getByText("Only visible to you").waitFor();
  const refusal = messages(page).getByText(/Dan is a guest here/);
  await expect.poll(() => isInView(page, refusal)).toBe(true);
  await picture(page, "refused-desktop");
  expect(await approveButton(page).isEnabled()).toBe(true);

  await actAs(page, "ben");
  await expect.poll(() => isInView(page, approveButton(page))).toBe(true);
  await expect
    .poll(() =>
      messages(page)
        .getByText(/Dan is a guest here/)
        .count(),
    )
    .toBe(0);
  await approveButton(page).dblclick();
  await page.getByText("The live run is checked once more").waitFor();
  await picture(page, "approving-desktop");
  expect(taken.map((event) => [event.kind, event.person.id])).toEqual([
    ["decision", "console:dan"],
    ["decision", "console:ben"],
  ]);

  await adapter.update(proposal, story.rerunning.proposal);
  await adapter.update(root, story.rerunning.root);
  await page
    .getByText(/WATCHING THE RERUN/)
    .first()
    .waitFor();
  await picture(page, "rerunning-desktop");
  await adapter.update(proposal, story.recovered.proposal);
  await adapter.update(root, story.recovered.root);
  await page
    .getByText(/✓ RECOVERED/)
    .first()
    .waitFor();
  expect(await approveButton(page).count()).toBe(0);
  await picture(page, "recovered-desktop");
  expect(errors).toEqual([]);
});

test("denying asks for the reason, and Escape thinks better of it", async () => {
  await tellStory();
  const { page } = await openPage(desktop);
  await actAs(page, "ben");
  await page.getByRole("button", { name: "Deny…" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(taken).toEqual([]);

  await page.getByRole("button", { name: "Deny…" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("The vendor resends the file at nine.");
  await picture(page, "deny-desktop");
  await page.getByRole("button", { name: "Deny", exact: true }).click();
  await expect
    .poll(() => taken.map((event) => event.kind === "decision" && [event.verdict, event.reason]))
    .toEqual([["denied", "The vendor resends the file at nine."]]);
});

test("a question in words gets its answer in its own thread", async () => {
  onTake = async (event) => {
    if (event.kind === "question") await adapter.postReply(event.thread, answer(`You asked: ${event.text}`));
  };
  await tellStory();
  const { page } = await openPage(desktop);
  await page.getByRole("link", { name: "New question" }).click();
  await page.getByRole("heading", { name: "Ask about a pipeline" }).waitFor();
  await picture(page, "ask-desktop");
  await page.getByLabel("Ask Pipewright").fill("why did loyalty_export fail?");
  await page.keyboard.press("Enter");
  await messages(page).getByText("You asked: why did loyalty_export fail?").waitFor();
  await picture(page, "answer-desktop");
  expect(taken).toMatchObject([{ kind: "question", person: { id: "console:ana" }, isPrivate: false }]);
});

test("what is posted while the thread is being fetched is not lost", async () => {
  const { root } = await tellStory();
  const { page } = await openPage(phone);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/threads/*", async (route) => {
    const response = await route.fetch();
    await adapter.postReply(root, answer("Posted in between"));
    await page.locator("#announcer", { hasText: "Posted in between" }).waitFor({ state: "attached" });
    await released;
    await route.fulfill({ response });
  });
  await page.getByRole("link", { name: /run_export_job/ }).click();
  await page.locator("#announcer", { hasText: "Posted in between" }).waitFor({ state: "attached" });
  release();
  await messages(page).getByText("Posted in between").waitFor();
  expect(await messages(page).getByRole("article").count()).toBe(5);
});

test("of much evidence the strongest shows at once, the rest at a click", async () => {
  const quotes = ["E1", "E2", "E3", "E4", "E5", "E6"].map((id, at) => ({
    id,
    source: "log",
    line: 200 + at,
    text: `${id}: ${"the executor was lost; ".repeat(20)}`,
  }));
  await adapter.postRoot({ ...answer("Evidence"), blocks: [{ b: "quotes", quotes }] });
  const { page } = await openPage(desktop);
  const quote = (id: string) => messages(page).getByText(new RegExp(`^${id}: `));
  const height = async (id: string) => (await quote(id).boundingBox())?.height ?? 0;
  await quote("E1").waitFor();
  expect(await quote("E5").isVisible()).toBe(false);
  expect(await height("E2")).toBeLessThan(await height("E1"));
  await page.getByRole("button", { name: "Show all 6 lines in full" }).click();
  await quote("E6").waitFor();
  expect(await height("E2")).toBe(await height("E1"));
  await page.getByRole("button", { name: "Show less" }).click();
  await quote("E6").waitFor({ state: "hidden" });
});

test("breaking something is a click in the menu, and a cause can be fixed there", async () => {
  const { page } = await openPage(desktop);
  await page.getByRole("button", { name: "Break something" }).click();
  await picture(page, "break-desktop");
  await page.getByRole("button", { name: "Break: The last of five tasks loses its driver" }).click();
  await page.getByText("loyalty_export is breaking").waitFor();
  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByRole("button", { name: "Mark member_profile as fixed: Upstream renames a column" }).click();
  await expect.poll(() => broken).toEqual(["spot", "fixed column"]);
});

test("on a phone the list leads to the thread and back, and nothing sticks out", async () => {
  await tellStory();
  const { page, errors } = await openPage(phone);
  const row = page.getByRole("link", { name: /run_export_job/ });
  await row.waitFor();
  await picture(page, "list-phone");
  expect(await fitsItsWidth(page)).toBe(true);
  await row.click();
  await page.getByText("E1", { exact: true }).waitFor();
  expect(await fitsItsWidth(page)).toBe(true);
  await picture(page, "thread-phone");
  await page.getByRole("button", { name: /decision is waiting/ }).click();
  await expect.poll(() => page.getByRole("button", { name: /decision is waiting/ }).isVisible()).toBe(false);
  await picture(page, "proposal-phone");
  await page.getByRole("link", { name: "Threads", exact: true }).click();
  await row.waitFor();
  expect(errors).toEqual([]);
});

test("in the dark everything can still be read", async () => {
  await tellStory();
  const { page } = await openPage({ ...desktop, colorScheme: "dark" });
  await approveButton(page).waitFor();
  await picture(page, "incident-dark");
});

test("markup from outside stays text", async () => {
  const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
  const root = await adapter.postRoot({
    ...answer(hostile),
    subject: "incident:hostile",
    fallback: hostile,
    blocks: [
      {
        b: "lines",
        lines: [
          [
            { t: "bold", text: hostile },
            { t: "code", text: hostile },
            { t: "person", id: hostile, name: hostile },
            { t: "link", text: hostile, url: "javascript:document.title='owned'" },
            { t: "time", at: hostile, style: "time" },
          ],
        ],
      },
      { b: "quotes", quotes: [{ id: "E1", source: hostile, line: null, text: hostile }] },
      { b: "fields", fields: [{ name: hostile, value: [{ t: "text", text: hostile }] }] },
    ],
  });
  const { page } = await openPage(desktop, `/#/t/${root.address["thread"]}`);
  await page.getByText(hostile).first().waitFor();
  expect(await page.locator("#messages img:not([src='icon.svg']), #messages script, #messages a").count()).toBe(0);
  expect(await page.title()).not.toContain("owned");
});

test("when Pipewright goes away the page says so, and catches up when it is back", async () => {
  const { root } = await tellStory();
  const { page } = await openPage(desktop);
  await approveButton(page).waitFor();
  await stopConsole();
  await page.getByText("Reconnecting…").waitFor();
  await picture(page, "offline-desktop");
  await startConsole("sandbox");
  await page.getByText("Reconnecting…").waitFor({ state: "hidden" });
  await adapter.update(root, spotLossStory(new Date()).recovered.root);
  await page
    .getByText(/✓ RECOVERED/)
    .first()
    .waitFor();
  // The page's token is of the earlier start; the click gets through all the same.
  await actAs(page, "ben");
  await approveButton(page).click();
  await expect.poll(() => taken.map((event) => event.person.id)).toEqual(["console:ben"]);
});

test("with real systems the page only shows, and says why", async () => {
  await stopConsole();
  await startConsole("real");
  await tellStory();
  const { page, errors } = await openPage(desktop);
  await page.getByText("Read-only.").waitFor();
  await page.getByRole("link", { name: /Open in Airflow/ }).waitFor();
  expect(await approveButton(page).count()).toBe(0);
  expect(await page.getByLabel("Acting as").isVisible()).toBe(false);
  expect(await page.getByRole("button", { name: "Break something" }).isVisible()).toBe(false);
  expect(await page.getByLabel("Ask Pipewright").isVisible()).toBe(false);
  await picture(page, "read-only-desktop");
  expect(errors).toEqual([]);
});

test("the keyboard alone reaches the thread and its decision", async () => {
  await tellStory();
  const { page } = await openPage(desktop);
  await approveButton(page).waitFor();
  await actAs(page, "ben");
  await page.keyboard.press("Tab");
  for (let steps = 0; steps < 40; steps += 1) {
    if ((await page.evaluate("document.activeElement.dataset.action")) === "approve") break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect.poll(() => taken.length).toBe(1);
});

/** Whether the reader sees it without scrolling. */
async function isInView(page: Page, what: Locator): Promise<boolean> {
  const [box, room] = [await what.boundingBox(), await page.locator("#scroll").boundingBox()];
  return box !== null && room !== null && box.y >= room.y && box.y + box.height <= room.y + room.height;
}

function answer(words: string): Card {
  return {
    subject: "answer",
    tone: "neutral",
    fallback: words,
    simulated: true,
    blocks: [{ b: "lines", lines: [[{ t: "text", text: words }]] }],
  };
}
