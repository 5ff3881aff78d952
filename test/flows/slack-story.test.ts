import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/compose/system-clock.js";
import { startBot } from "../../src/compose.js";
import { loadConfig } from "../../src/config/load.js";
import {
  type HeldMessage,
  type LocalSlack,
  localSlackBinary,
  slackTeam,
  startLocalSlack,
} from "../fixtures/local-slack.js";
import { startRelay } from "../fixtures/relay.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { startSlackDouble } from "../fixtures/slack-double.js";
import { expectBlockKit } from "../unit/slack/block-kit.js";

const { channel, people } = slackTeam;
const binary = localSlackBinary();
/** Where local-slack does not run, the same story is told on our double, over HTTP. */
const modes = binary === null ? (["http"] as const) : (["http", "socket"] as const);

describe.each(modes)("the sandbox in Slack over %s", { timeout: 150_000 }, (mode) => {
  let slack: LocalSlack;
  let bot: Awaited<ReturnType<typeof startBot>>;
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pipewright-slack-"));
    relay = await startRelay();
    const requestUrl = `${relay.url}/slack/events`;
    slack =
      binary === null
        ? await startSlackDouble(requestUrl)
        : await startLocalSlack(binary, mode === "http" ? requestUrl : null);
    const config = loadConfig({
      PIPEWRIGHT_SANDBOX: "1",
      PIPEWRIGHT_DATA_DIR: folder,
      PIPEWRIGHT_APPROVERS: `slack:${people.ben},slack:${people.cleo}`,
      PORT: "0",
      PIPEWRIGHT_CONSOLE_PORT: "0",
      SLACK_BOT_TOKEN: slackTeam.botToken,
      ...(mode === "http"
        ? { SLACK_SIGNING_SECRET: slackTeam.signingSecret }
        : { SLACK_APP_TOKEN: slackTeam.appToken }),
      SLACK_CHANNEL: channel,
      SLACK_API_URL: slack.apiUrl,
    });
    bot = await startBot(config, {
      clock: systemClock,
      logger: silentLogger,
      version: "0.0.0",
      shortDir: tmpdir(),
      localUser: "tester",
    });
    relay.to(bot.publicUrl);
  });
  afterAll(async () => {
    await bot.stop(10_000);
    await relay.stop();
    await slack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Waits for a message that is as wanted, as the people in the channel do. */
  async function seen(wanted: (message: HeldMessage) => boolean): Promise<HeldMessage> {
    let found: HeldMessage | undefined;
    await expect
      .poll(
        async () => {
          found = (await slack.messages(channel)).find(wanted);
          return found !== undefined;
        },
        { timeout: 120_000, interval: 100 },
      )
      .toBe(true);
    if (found === undefined) throw new Error("unreachable: it was just found");
    return found;
  }
  const words = (message: HeldMessage): string => JSON.stringify(message.blocks);
  const rootOf = (pipeline: string) => (message: HeldMessage) =>
    message.thread_ts === undefined && message.subtype === undefined && words(message).includes(`${pipeline} /`);
  const proposalOf = async (pipeline: string): Promise<HeldMessage> => {
    const root = await seen(rootOf(pipeline));
    return seen((message) => message.thread_ts === root.ts && words(message).includes("*Rerun: "));
  };
  const toldTo = (person: string, what: RegExp) =>
    seen((message) => message.ephemeral_to === person && what.test(words(message)));
  const edited = (message: HeldMessage, what: string) =>
    seen((newer) => newer.ts === message.ts && words(newer).includes(what));

  it("opens one thread that names the cause, and proposes the repair", async () => {
    const root = await seen(rootOf("orders_daily"));
    expect(words(root)).toContain("SIMULATED");
    await edited(root, "Awaiting approval");
    const card = await proposalOf("orders_daily");
    expect(words(card)).toContain("*Will run:*");
    for (const message of await slack.messages(channel)) expectBlockKit(message.blocks ?? []);
  });

  it("says of customer_360 why no rerun helps, and offers none", async () => {
    const root = await seen(rootOf("customer_360"));
    await edited(root, "*No rerun:*");
    expect(
      (await slack.messages(channel)).filter(
        ({ thread_ts, blocks }) => thread_ts === root.ts && JSON.stringify(blocks).includes("*Rerun: "),
      ),
    ).toEqual([]);
  });

  it("answers a question in the thread it was asked in", async () => {
    const root = await seen(rootOf("orders_daily"));
    const asked = await slack.say(people.ana, channel, `<@${slackTeam.bot}> why did orders_daily fail?`, root.ts);
    const answer = await seen(
      (message) => message.thread_ts === root.ts && message.user === slackTeam.bot && message.ts > asked.ts,
    );
    expect(words(answer)).toContain("spot machine");
  });

  it("refuses who may not approve, privately and with the names of who may", async () => {
    const card = await proposalOf("orders_daily");
    await slack.click(people.dan, channel, card.ts, "approve");
    expect(words(await toldTo(people.dan, /nothing was changed/))).toMatch(/ben or cleo/i);
    expect(words(await edited(card, "approve"))).toContain("Approve");
  });

  it("refuses who asked for it, and lets the other one decide", async () => {
    const card = await proposalOf("orders_daily");
    await slack.command(people.ben, channel, "rerun orders_daily");
    await toldTo(people.ben, /Nothing has run/);
    await slack.click(people.ben, channel, card.ts, "approve");
    await toldTo(people.ben, /somebody else must decide it/);
  });

  it("does once what is approved with a double click and by two people at once", async () => {
    const repair = await proposalOf("orders_daily");
    const clear = await proposalOf("clickstream_hourly");
    await Promise.all([
      slack.click(people.cleo, channel, repair.ts, "approve"),
      slack.click(people.cleo, channel, repair.ts, "approve"),
      slack.click(people.ben, channel, clear.ts, "approve"),
      slack.click(people.cleo, channel, clear.ts, "approve"),
    ]);
    expect(words(await edited(repair, "*Approved* by"))).not.toContain('"approve"');
    await edited(clear, "*Approved* by");
    await seen((message) => message.ephemeral_to !== undefined && /already approved/.test(words(message)));
    const repaired = words(await edited(repair, "✓ Recovered"));
    expect(repaired.match(/Asked to repair/g)).toHaveLength(1);
    expect(words(await edited(clear, "Asked to clear")).match(/Asked to clear/g)).toHaveLength(1);
  });

  it("turns the root message to recovered, with the time it took", async () => {
    const root = await seen(rootOf("orders_daily"));
    expect(words(await edited(root, "✓ RECOVERED"))).toMatch(
      /Recovered in \d+ (s|min)\* by the rerun, approved by cleo/i,
    );
    expect((await slack.messages(channel)).filter(rootOf("orders_daily"))).toHaveLength(1);
  });

  it("opens nothing for the healthy pipeline with frightening logs", async () => {
    expect((await slack.messages(channel)).filter(rootOf("finance_close"))).toEqual([]);
  });
});
