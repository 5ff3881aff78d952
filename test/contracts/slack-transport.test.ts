import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { incidentCard, proposalCard, refusalCard } from "../../src/chat/cards/index.js";
import { systemClock } from "../../src/compose/system-clock.js";
import type { Clock } from "../../src/core/ports.js";
import { slackTeam } from "../fixtures/local-slack.js";
import type { SlackDouble } from "../fixtures/slack-double.js";
import { type SlackStage, startDoubleStage } from "../fixtures/slack-stage.js";
import { incident, now, proposal } from "../unit/cards/examples.js";

const { channel, people, bot, signingSecret } = slackTeam;
const facts = { proposal, now, mayDecide: "Ben" };

/** Real time, but waits are only written down: rates are asserted without waiting for them. */
function impatientClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let ahead = 0;
  return {
    waits,
    now: () => new Date(Date.now() + ahead),
    async sleep(ms, signal) {
      if (ms === 500 || ms === 1500 || ms === 10_000) return systemClock.sleep(ms, signal);
      waits.push(ms);
      ahead += ms;
    },
  };
}

let stage: SlackStage<SlackDouble>;
let clock: ReturnType<typeof impatientClock>;
beforeEach(async () => {
  clock = impatientClock();
  stage = await startDoubleStage(clock);
});
afterEach(() => stage.close());

const mention = (eventId: string, text = `<@${bot}> status`) => ({
  type: "event_callback",
  event_id: eventId,
  event: { type: "app_mention", user: people.ana, channel, ts: "1772590900.000100", text },
});

const callsOf = (method: string) => stage.slack.calls.filter((call) => call.method === method);

describe("what Slack delivers", () => {
  it("is acknowledged only after it was taken, and not when taking failed", async () => {
    stage.beforeTake = async () => {
      throw new Error("the disk is full");
    };
    expect((await stage.slack.deliver(mention("Ev1"))).status).toBe(500);
    expect(stage.taken).toEqual([]);
    stage.beforeTake = async () => undefined;
    expect((await stage.slack.deliver(mention("Ev1"), { headers: { "x-slack-retry-num": "1" } })).status).toBe(200);
    expect(stage.taken).toHaveLength(1);
  });

  it("is taken once however often it comes, also while the first is still being taken", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      reached = resolve;
    });
    stage.beforeTake = () => {
      reached();
      return held;
    };
    const first = stage.slack.deliver(mention("Ev2"));
    await started;
    // A byte more, so that it is another signed request of the same event, as a retry is.
    const retry = stage.slack.deliver(mention("Ev2", `<@${bot}> status `), { headers: { "x-slack-retry-num": "1" } });
    release();
    expect([(await first).status, (await retry).status]).toEqual([200, 200]);
    expect((await stage.slack.deliver(mention("Ev2", `<@${bot}>  status`))).status).toBe(200);
    expect(stage.taken).toHaveLength(1);
  });

  it("is refused when forged, mutated, stale, from the future or replayed", async () => {
    const body = JSON.stringify(mention("Ev3"));
    const url = stage.slack.requestUrl;
    const send = async (at: number, key: string, sent = body) => {
      const signature = `v0=${createHmac("sha256", key).update(`v0:${at}:${body}`).digest("hex")}`;
      const headers = {
        "content-type": "application/json",
        "x-slack-signature": signature,
        "x-slack-request-timestamp": String(at),
      };
      return (await fetch(url, { method: "POST", headers, body: sent })).status;
    };
    const seconds = Math.floor(Date.now() / 1000);
    expect(await send(seconds, "another key")).toBe(401);
    expect(await send(seconds, signingSecret, body.replace("status", "rerun x"))).toBe(401);
    expect(await send(seconds - 400, signingSecret)).toBe(401);
    expect(await send(seconds + 400, signingSecret)).toBe(401);
    expect(stage.taken).toEqual([]);
    expect(await send(seconds, signingSecret)).toBe(200);
    expect(await send(seconds, signingSecret)).toBe(401);
    expect(stage.taken).toHaveLength(1);
  });

  it("is refused when it is too large, and ignored when it lacks what we read", async () => {
    expect((await stage.slack.deliver({ ...mention("Ev4"), padding: "x".repeat(1_100_000) })).status).toBe(413);
    expect((await stage.slack.deliver({ type: "event_callback", event_id: "Ev5" })).status).toBe(200);
    expect((await stage.slack.deliver({ type: "something_new" })).status).toBe(200);
    expect(stage.taken).toEqual([]);
  });

  it("proves the address to Slack with its challenge", async () => {
    const answer = await stage.slack.deliver({ type: "url_verification", challenge: "abc" });
    expect(JSON.parse(answer.body)).toEqual({ challenge: "abc" });
  });

  it("leaves out what bots say and edits of messages", async () => {
    const direct = { type: "message", channel: "D0ANA", ts: "1772590900.000200", text: "hello", channel_type: "im" };
    for (const event of [
      { ...direct, bot_id: "B1", user: people.ana },
      { ...direct, user: bot },
      { ...direct, user: people.ana, subtype: "message_changed" },
      { type: "message", channel, ts: "1772590900.000300", user: people.ana, text: "not for us" },
    ]) {
      await stage.slack.deliver({ type: "event_callback", event_id: `Ev-${JSON.stringify(event).length}`, event });
    }
    expect(stage.taken).toEqual([]);
    await stage.slack.say(people.ana, "D0ANA", "why ledger_nightly");
    expect(await stage.next()).toMatchObject({
      kind: "question",
      isPrivate: true,
      thread: { address: { channel: "D0ANA" } },
    });
  });

  it("keeps the modal open, with words, when a denial could not be stored", async () => {
    const card = await stage.adapter.postRoot(proposalCard(proposal, facts));
    await stage.slack.click(people.ben, channel, String(card.address["ts"]), "deny");
    stage.beforeTake = async () => {
      throw new Error("the disk is full");
    };
    await stage.slack.submitModal(people.ben, null);
    expect(await stage.slack.modal()).not.toBeNull();
    expect(stage.taken).toEqual([]);
    stage.beforeTake = async () => undefined;
    await stage.slack.submitModal(people.ben, null);
    expect(await stage.next()).toMatchObject({ kind: "decision", verdict: "denied", reason: null });
  });

  it("tells the person when the question for a reason did not open", async () => {
    const card = await stage.adapter.postRoot(proposalCard(proposal, facts));
    stage.slack.faults.set("views.open", [{ ok: false, error: "expired_trigger_id" }]);
    await stage.slack.click(people.ben, channel, String(card.address["ts"]), "deny");
    const last = (await stage.slack.messages(channel)).at(-1);
    expect(last).toMatchObject({
      ephemeral_to: "U0BEN",
      text: expect.stringContaining("Nothing was decided; press the button again."),
    });
    expect(stage.taken).toEqual([]);
  });
});

describe("who a person is", () => {
  it.each([
    [{}, "member"],
    [{ is_restricted: true }, "guest"],
    [{ is_ultra_restricted: true }, "guest"],
    [{ is_stranger: true }, "stranger"],
    [{ team_id: "T0ELSE" }, "stranger"],
    [{ is_bot: true }, "bot"],
    [{ deleted: true, is_restricted: true }, "deactivated"],
  ] as const)("with %j is a %s, asked afresh each time", async (flags, standing) => {
    stage.slack.flags.set(people.dan, flags);
    expect(await stage.adapter.lookUp("slack:U0DAN")).toMatchObject({ standing, displayName: "Dan" });
    stage.slack.flags.set(people.dan, { deleted: true });
    expect((await stage.adapter.lookUp("slack:U0DAN")).standing).toBe("deactivated");
  });

  it.each([
    [{ is_email_confirmed: true, profile: { email: "dan@example.com" } }, "dan@example.com"],
    [{ is_email_confirmed: false, profile: { email: "dan@example.com" } }, null],
    [{ profile: { email: "dan@example.com" } }, null],
    [{ is_email_confirmed: true }, null],
  ])("with %j has the address %s", async (flags, email) => {
    stage.slack.flags.set(people.dan, flags);
    expect((await stage.adapter.lookUp("slack:U0DAN")).email).toBe(email);
  });

  it("is an error, never a guess, when Slack can't say", async () => {
    stage.slack.faults.set("users.info", [{ status: 503 }]);
    await expect(stage.adapter.lookUp("slack:U0BEN")).rejects.toMatchObject({
      code: "upstream",
      reason: "server_error",
    });
    await expect(stage.adapter.lookUp("slack:U0NOBODY")).rejects.toMatchObject({ code: "upstream" });
    await expect(stage.adapter.lookUp("console:ben")).rejects.toMatchObject({ code: "input" });
  });

  it("comes with every event, and counts as a stranger where the look-up failed", async () => {
    stage.slack.flags.set(people.dan, { is_restricted: true });
    await stage.slack.say(people.dan, channel, `<@${bot}> rerun ledger_nightly`);
    expect((await stage.next()).person).toMatchObject({ id: "slack:U0DAN", standing: "guest" });
    stage.slack.faults.set("users.info", [{ status: 500 }]);
    await stage.slack.say(people.ben, channel, `<@${bot}> status`);
    expect((await stage.next()).person).toMatchObject({ id: "slack:U0BEN", standing: "stranger" });
  });
});

describe("what goes to Slack", () => {
  it("keeps a second between messages of a channel and waits as long as Slack says", async () => {
    stage.slack.faults.set("chat.postMessage", [{ status: 429, headers: { "retry-after": "7" } }]);
    await Promise.all([stage.adapter.postRoot(refusalCard("one")), stage.adapter.postRoot(refusalCard("two"))]);
    expect(callsOf("chat.postMessage").map(({ args }) => args["text"])).toEqual(["one", "one", "two"]);
    expect(clock.waits[0]).toBe(7000);
    await stage.adapter.postRoot(refusalCard("three"));
    expect(clock.waits.at(-1)).toBeGreaterThan(500);
    expect(clock.waits.at(-1)).toBeLessThanOrEqual(1000);
  });

  it("shows a new incident before the details of others that wait", async () => {
    const root = await stage.adapter.postRoot(refusalCard("root"));
    await Promise.all([
      ...["detail 1", "detail 2", "detail 3"].map((words) => stage.adapter.postReply(root, refusalCard(words))),
      stage.adapter.postRoot(refusalCard("another root")),
    ]);
    const sent = callsOf("chat.postMessage").map(({ args }) => args["text"]);
    expect(sent.slice(-4)).toEqual(["another root", "detail 1", "detail 2", "detail 3"]);
  });

  it("sends only the newest of the edits that wait", async () => {
    const root = await stage.adapter.postRoot(incidentCard(incident, facts));
    await Promise.all(["a", "b", "c", "d"].map((words) => stage.adapter.update(root, refusalCard(words))));
    const sent = callsOf("chat.update").map(({ args }) => args["text"]);
    expect(sent.length).toBeLessThanOrEqual(2);
    expect(sent.at(-1)).toBe("d");
  });

  it("has no previews, no made mentions, and goes to the thread", async () => {
    const root = await stage.adapter.postRoot(incidentCard(incident, facts));
    await stage.adapter.postReply(root, refusalCard("<!channel>"));
    expect(callsOf("chat.postMessage").at(-1)?.args).toMatchObject({
      channel,
      thread_ts: root.address["ts"],
      text: "&lt;!channel&gt;",
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
      parse: "none",
    });
  });

  it("whispers in a direct message as a plain answer, and directly where it may not whisper", async () => {
    const ben = await stage.adapter.lookUp("slack:U0BEN");
    await stage.adapter.whisper(ben, { platform: "slack", address: { channel: "D0BEN" } }, refusalCard("plain"));
    expect(callsOf("chat.postMessage").at(-1)?.args).toMatchObject({ channel: "D0BEN", text: "plain" });
    stage.slack.faults.set("chat.postEphemeral", [{ ok: false, error: "not_in_channel" }]);
    await stage.adapter.whisper(ben, { platform: "slack", address: { channel } }, refusalCard("directly"));
    expect(callsOf("chat.postMessage").at(-1)?.args).toMatchObject({ channel: "U0BEN", text: "directly" });
  });

  it("never answers to an address outside Slack", async () => {
    const payload = {
      command: "/pipewright",
      text: "status",
      user_id: people.ana,
      user_name: "ana",
      channel_id: channel,
      trigger_id: "t1",
      response_url: "https://slack.com.evil.example/x",
    };
    await stage.slack.deliver(payload, { form: "command" });
    const event = await stage.next();
    expect(JSON.stringify(event.thread)).not.toContain("evil");
    await stage.adapter.postReply(event.thread, refusalCard("an answer"));
    expect(callsOf("chat.postEphemeral").at(-1)?.args).toMatchObject({ channel, user: "U0ANA", text: "an answer" });
  });

  it("reads a rotated token once Slack refuses the old one", async () => {
    await stage.adapter.lookUp("slack:U0BEN");
    stage.slack.faults.set("users.info", [{ ok: false, error: "token_expired" }]);
    stage.rotateToken("xoxb-new");
    expect((await stage.adapter.lookUp("slack:U0BEN")).standing).toBe("member");
    expect(callsOf("users.info").map(({ token }) => token)).toEqual([
      slackTeam.botToken,
      slackTeam.botToken,
      "xoxb-new",
    ]);
  });

  it.each([
    ["invalid_auth", "unauthorized", "SLACK_BOT_TOKEN"],
    ["not_in_channel", "not_found", "Invite the app"],
    ["missing_scope", "forbidden", "manifests/slack.yaml"],
  ])("turns %s into an error that says whose move it is", async (error, reason, fix) => {
    stage.slack.faults.set("chat.postMessage", [{ ok: false, error }]);
    await expect(stage.adapter.postRoot(refusalCard("x"))).rejects.toMatchObject({
      reason,
      fix: expect.stringContaining(fix),
    });
  });
});

describe("the doctor's check", () => {
  it("names each missing scope with what it is for", async () => {
    stage.slack.scopes = ["app_mentions:read", "channels:read", "chat:write", "commands", "groups:read", "im:history"];
    expect(await stage.adapter.check()).toEqual([
      "The Slack app lacks the scope users:read (to see whether who clicks is a member). Install it again from manifests/slack.yaml.",
    ]);
  });

  it("says when the app is not in its channel, or the token is refused", async () => {
    stage.slack.scopes = [
      "app_mentions:read",
      "channels:read",
      "chat:write",
      "commands",
      "groups:read",
      "im:history",
      "users:read",
    ];
    expect(await stage.adapter.check()).toEqual([]);
    stage.slack.faults.set("conversations.info", [{ ok: true, channel: { name: "data-alerts", is_member: false } }]);
    expect(await stage.adapter.check()).toEqual(["The app is not in #data-alerts. Write /invite @Pipewright there."]);
    stage.slack.faults.set("auth.test", [{ ok: false, error: "invalid_auth" }]);
    expect(await stage.adapter.check()).toEqual([
      "Slack refused the bot token (invalid_auth). Put a valid token into SLACK_BOT_TOKEN.",
    ]);
  });
});
