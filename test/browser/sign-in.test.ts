import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SignedInWorld, startSignedInWorld } from "../fixtures/signed-in-world.js";
import { desktop, fitsItsWidth, launchChromium, picture, watchErrors } from "./chromium.js";

const longName = "Benjamin Featherstonehaugh-Cholmondeley";

let browser: Browser;
let world: SignedInWorld;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launchChromium();
  world = await startSignedInWorld();
  world.provider.as({ sub: "u-ben", name: longName, email: "ben@example.com", email_verified: true });
  page = await (await browser.newContext(desktop)).newPage();
  page.setDefaultTimeout(30_000);
  errors = watchErrors(page);
});

afterAll(async () => {
  await browser.close();
  await world.stop();
});

test("nothing is shown before the sign-in, which comes back to the page that was asked for", async () => {
  await page.goto(`${world.consoleUrl}/#/ask`);
  await page.getByRole("heading", { name: "Sign in to Pipewright" }).waitFor();
  expect(await page.getByLabel("Ask Pipewright").isVisible()).toBe(false);
  await picture(page, "sign-in");
  await page.getByRole("link", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Ask about a pipeline" }).waitFor();
  expect(page.url()).toBe(`${world.consoleUrl}/#/ask`);
  await page.getByText(longName).first().waitFor();
});

test("Ben approves under his own name, and the thread recovers", async () => {
  await expect.poll(async () => (await fetch(`${world.consoleUrl}/readyz`)).status, { timeout: 60_000 }).toBe(200);
  world.breakSomething();
  await page.getByRole("link", { name: /clickstream_hourly/ }).click({ timeout: 60_000 });
  const messages = page.locator("#messages");
  await messages.getByRole("button", { name: "Approve" }).click();
  await messages
    .getByText(/approved/i)
    .first()
    .waitFor();
  await messages
    .getByText(/RECOVERED/i)
    .first()
    .waitFor({ timeout: 60_000 });
  expect(await messages.getByText(longName).count()).toBeGreaterThan(0);
  await picture(page, "signed-in");
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await fitsItsWidth(page)).toBe(true);
  await picture(page, "signed-in-phone");
});

test("signing out shows nothing again, also after a reload", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Pipewright" }).waitFor();
  expect(await page.getByRole("link", { name: /clickstream_hourly/ }).count()).toBe(0);
  await page.reload();
  await page.getByRole("heading", { name: "Sign in to Pipewright" }).waitFor();
  expect(errors.filter((error) => !error.includes("401"))).toEqual([]);
});
