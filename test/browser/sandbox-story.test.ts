import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPipewright, startBuilt } from "./built-pipewright.js";
import { desktop, fitsItsWidth, launchChromium, phone, picture, watchErrors } from "./chromium.js";

// One story in order: each test goes on where the one before it ended, as the newcomer does.
const failureShowsWithinMs = 20_000;
const repairRecoversWithinMs = 60_000;

/** What each broken pipeline's root sentence must name, and whose move it must say it is; finance_close is healthy. */
const objectAndMove: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  orders_daily: [/spot machine \(\S+\)/, /a rerun should pass/],
  customer_360: [/loyalty_tier/, /the producer must/],
  clickstream_hourly: [/collector-eu\.clickstream\.example/, /its owner must bring it back/],
  inventory_sync: [/stock_levels\/dt=\d{4}-\d{2}-\d{2}/, /the producer must deliver it/],
  payments_recon: [/bronze\.psp_settlements/, /the data's producer must look at the rows/],
  marketing_attribution: [/rapidfuzz/, /the platform team must add it/],
};

let browser: Browser;
let pipewright: RunningPipewright;
let dataDir: string;
let page: Page;
let errors: string[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "pipewright-story-"));
  browser = await launchChromium();
  pipewright = await startBuilt(dataDir);
  page = await (await browser.newContext(desktop)).newPage();
  page.setDefaultTimeout(15_000);
  errors = watchErrors(page);
  await page.goto(pipewright.address);
});

afterAll(async () => {
  await browser.close();
  await pipewright.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const row = (name: string) => page.getByRole("link", { name: new RegExp(name) });
const messages = () => page.locator("#messages");
const rootCard = () => messages().getByRole("article").first();
const actAs = (name: string) => page.getByLabel("Acting as").selectOption(`console:${name}`);
const approve = () => messages().getByRole("button", { name: "Approve" });

test("a failure of orders_daily shows within 20 s, with its cause, the proof and a proposal", async () => {
  await row("orders_daily").waitFor({ timeout: failureShowsWithinMs });
  await row("orders_daily").click();
  await rootCard()
    .getByText(/took back a spot machine/)
    .waitFor();
  await messages().getByText("E1", { exact: true }).waitFor();
  await approve().waitFor();
  expect(await messages().getByText("Simulated", { exact: true }).count()).toBe(
    await messages().getByRole("article").count(),
  );
  await picture(page, "story-1-proposal");
});

test("Dan, a guest, is refused in private and told who may", async () => {
  await actAs("dan");
  await approve().click();
  await messages().getByText("Only visible to you").waitFor();
  await expect.poll(() => messages().getByRole("article").last().textContent()).toMatch(/Ben or Cleo/);
  await picture(page, "story-2-refused");
});

test("Ben approves; the repair and what is downstream run, and the thread turns to recovered", async () => {
  await actAs("ben");
  await expect.poll(() => messages().getByText("Only visible to you").count()).toBe(0);
  await approve().click();
  await messages()
    .getByText(/^Approved/)
    .waitFor();
  await picture(page, "story-3-approved");
  await rootCard().getByText("✓ RECOVERED").waitFor({ timeout: repairRecoversWithinMs });
  await row("RECOVERED.*orders_daily").waitFor();
  expect(await approve().count()).toBe(0);
  await picture(page, "story-4-recovered");
});

test("customer_360 says why no rerun helps, and offers none", async () => {
  await row("customer_360").click();
  await rootCard()
    .getByText(/loyalty_tier/)
    .first()
    .waitFor();
  await rootCard().getByText("No rerun:").waitFor();
  expect(await approve().count()).toBe(0);
  await picture(page, "story-5-customer-360");
});

test("clickstream_hourly names its three map indexes", async () => {
  await row("clickstream_hourly").click();
  await approve().waitFor();
  await expect.poll(() => rootCard().textContent()).toContain("fetch_events[3,7,19]");
  await picture(page, "story-6-clickstream");
});

test("customer_360 mended at its source: Ana says so and asks, Ben approves, and the rerun passes", async () => {
  await row("customer_360").click();
  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByRole("button", { name: /^Mark customer_360 as fixed/ }).click();
  await page.getByText("customer_360: the cause is gone.").waitFor();
  await actAs("ana");
  await messages().getByRole("button", { name: "It is fixed: propose rerun" }).click();
  await approve().waitFor();
  await picture(page, "story-9-asked");
  await approve().click();
  await messages().getByText("Only visible to you").waitFor();
  await actAs("ben");
  await approve().click();
  await rootCard().getByText("✓ RECOVERED").waitFor({ timeout: repairRecoversWithinMs });
  await picture(page, "story-10-customer-360-recovered");
});

test("every root sentence names the object and whose move it is, in 160 characters", async () => {
  const answer = await fetch(`${pipewright.address}api/threads`);
  const { threads } = (await answer.json()) as { threads: { about: string; lines: { text: string }[][] }[] };
  const told = threads
    .filter((thread) => thread.about === "incident")
    .map(({ lines }) => [lines[0]?.[1]?.text.trim().split(" / ")[0] ?? "", lines[1]?.[0]?.text ?? ""] as const);
  expect(told.map(([dag]) => dag).sort()).toEqual(Object.keys(objectAndMove).sort());
  for (const [dag, sentence] of told) {
    const [object, move] = objectAndMove[dag] ?? [];
    expect(sentence).toMatch(object ?? "no such pipeline");
    expect(sentence).toMatch(move ?? "no such pipeline");
    expect(sentence.length).toBeLessThanOrEqual(160);
  }
});

test("finance_close, with its frightening logs, opens nothing", async () => {
  expect(await row("finance_close").count()).toBe(0);
});

test("a question in words is answered with the facts", async () => {
  await page.getByRole("link", { name: "New question" }).click();
  await page.getByLabel("Ask Pipewright").fill("why did clickstream_hourly fail?");
  await page.keyboard.press("Enter");
  await messages()
    .getByText(/collector-eu/)
    .first()
    .waitFor();
  await picture(page, "story-7-question");
});

test("on a phone the whole thread can be read without scrolling sideways", async () => {
  const small = await (await browser.newContext(phone)).newPage();
  await small.goto(pipewright.address);
  await small.getByRole("link", { name: /orders_daily/ }).click();
  await small.getByText("E1", { exact: true }).waitFor();
  expect(await fitsItsWidth(small)).toBe(true);
  await picture(small, "story-8-phone");
});

test("stopped and started again, it is all still there, and works again", async () => {
  expect(errors).toEqual([]);
  expect(await pipewright.stop()).toBe(0);
  pipewright = await startBuilt(dataDir);
  await page.goto(pipewright.address);
  await row("RECOVERED.*orders_daily").first().waitFor();
  await row("orders_daily").filter({ hasText: "FAILED" }).first().waitFor({ timeout: failureShowsWithinMs });
});
