import { describe, expect, it } from "vitest";
import { parsePayload } from "../../../adapters/slack/parse.js";
import { readSlackText } from "../../../adapters/slack/slack-text.js";

const context = { botUserId: "U0PIPE", mayRespondTo: (url: string) => url.startsWith("https://hooks.slack.com/") };
const parse = (body: unknown) => parsePayload(body, context);

/** As Slack sends it, with the fields we don't read. */
const mention = {
  token: "gone",
  team_id: "T0DATA",
  api_app_id: "A0PIPE",
  type: "event_callback",
  event_id: "Ev08MFMKH6",
  event_time: 1772590900,
  event_context: "4-eyJ",
  is_ext_shared_channel: false,
  authorizations: [{ enterprise_id: null, team_id: "T0DATA", user_id: "U0PIPE", is_bot: true }],
  event: {
    type: "app_mention",
    user: "U0ANA",
    text: "<@U0PIPE> why did <https://airflow.example/dags/x|this> fail",
    ts: "1772590900.000100",
    channel: "C0DATA",
    event_ts: "1772590900.000100",
    client_msg_id: "f0582a78",
    team: "T0DATA",
    blocks: [{ type: "rich_text", elements: [] }],
  },
};

const click = {
  type: "block_actions",
  team: { id: "T0DATA", domain: "data" },
  user: { id: "U0BEN", username: "ben", name: "ben", team_id: "T0DATA" },
  api_app_id: "A0PIPE",
  token: "gone",
  container: {
    type: "message",
    message_ts: "1772590901.000200",
    channel_id: "C0DATA",
    is_ephemeral: false,
    thread_ts: "1772590900.000100",
  },
  trigger_id: "13345224609.738474920.8088930838d88f008e0",
  channel: { id: "C0DATA", name: "data-alerts" },
  message: {
    bot_id: "B0PIPE",
    type: "message",
    text: "Rerun",
    user: "U0PIPE",
    ts: "1772590901.000200",
    thread_ts: "1772590900.000100",
    blocks: [],
  },
  state: { values: {} },
  response_url: "https://hooks.slack.com/actions/T0DATA/1/x",
  actions: [
    {
      action_id: "approve",
      block_id: "b1",
      text: { type: "plain_text", text: "Approve" },
      value: "pro_1",
      style: "primary",
      type: "button",
      action_ts: "1772590902.5",
    },
  ],
};
const clickOn = (action: object) => ({ ...click, actions: [{ ...click.actions[0], ...action }] });

const command = {
  token: "gone",
  team_id: "T0DATA",
  team_domain: "data",
  channel_id: "C0DATA",
  channel_name: "data-alerts",
  user_id: "U0ANA",
  user_name: "ana",
  command: "/pipewright",
  text: "why ledger_nightly",
  api_app_id: "A0PIPE",
  is_enterprise_install: "false",
  response_url: "https://hooks.slack.com/commands/T0DATA/1/x",
  trigger_id: "13345224609.1.8088",
};

const submission = {
  type: "view_submission",
  team: { id: "T0DATA", domain: "data" },
  user: { id: "U0BEN", username: "ben", name: "ben", team_id: "T0DATA" },
  api_app_id: "A0PIPE",
  trigger_id: "13345224609.2.8088",
  view: {
    id: "V0DENY",
    team_id: "T0DATA",
    type: "modal",
    callback_id: "deny",
    hash: "1772590903.x",
    private_metadata: JSON.stringify({ proposalId: "pro_1", channel: "C0DATA", threadTs: "1772590900.000100" }),
    state: { values: { reason: { reason_text: { type: "plain_text_input", value: "  month end  " } } } },
  },
  response_urls: [],
};

describe("what Slack sends", () => {
  it("is a question when we are mentioned, in the thread of the message or the one it stands in", () => {
    expect(parse(mention)).toEqual({
      kind: "event",
      who: { userId: "U0ANA", name: "U0ANA" },
      event: {
        kind: "question",
        eventId: "slack:Ev08MFMKH6",
        text: "why did https://airflow.example/dags/x fail",
        thread: { platform: "slack", address: { channel: "C0DATA", ts: "1772590900.000100" } },
        isPrivate: false,
      },
    });
    expect(parse({ ...mention, event: { ...mention.event, thread_ts: "1772590000.000100" } })).toMatchObject({
      event: { thread: { address: { ts: "1772590000.000100" } } },
    });
  });

  it("is a private question in a direct message, taken once though Slack tells it twice", () => {
    const direct = { ...mention.event, type: "message", channel: "D0ANA", channel_type: "im" };
    expect(parse({ ...mention, event: direct })).toMatchObject({
      event: { kind: "question", isPrivate: true, thread: { address: { channel: "D0ANA" } } },
    });
    expect(parse({ ...mention, event: { ...direct, type: "app_mention" } })).toMatchObject({ kind: "nothing" });
  });

  it("is a private question as a command, answered where Slack says or not at all elsewhere", () => {
    expect(parse(command)).toEqual({
      kind: "event",
      who: { userId: "U0ANA", name: "ana" },
      event: {
        kind: "question",
        eventId: "slack:13345224609.1.8088",
        text: "why ledger_nightly",
        thread: {
          platform: "slack",
          address: { channel: "C0DATA", onlyFor: "U0ANA", responseUrl: "https://hooks.slack.com/commands/T0DATA/1/x" },
        },
        isPrivate: true,
      },
    });
    const elsewhere = parse({ ...command, response_url: "https://evil.example/x" });
    expect(JSON.stringify(elsewhere)).not.toContain("evil");
  });

  it("is a decision on Approve, with the id the button carries and the thread of its message", () => {
    expect(parse(click)).toEqual({
      kind: "event",
      who: { userId: "U0BEN", name: "ben" },
      event: {
        kind: "decision",
        eventId: "slack:13345224609.738474920.8088930838d88f008e0",
        proposalId: "pro_1",
        verdict: "approved",
        reason: null,
        thread: { platform: "slack", address: { channel: "C0DATA", ts: "1772590900.000100" } },
      },
    });
  });

  it("asks for a reason on Deny and decides only when it is submitted", () => {
    expect(parse(clickOn({ action_id: "deny" }))).toMatchObject({
      kind: "ask_reason",
      triggerId: click.trigger_id,
      metadata: { proposalId: "pro_1", channel: "C0DATA", threadTs: "1772590900.000100" },
    });
    expect(parse(submission)).toEqual({
      kind: "event",
      who: { userId: "U0BEN", name: "ben" },
      event: {
        kind: "decision",
        eventId: "slack:V0DENY",
        proposalId: "pro_1",
        verdict: "denied",
        reason: "month end",
        thread: { platform: "slack", address: { channel: "C0DATA", ts: "1772590900.000100" } },
      },
    });
  });

  it("asks why before the glass is broken, and approves only when that is submitted", () => {
    expect(parse(clickOn({ action_id: "break_glass" }))).toMatchObject({
      kind: "ask_reason",
      metadata: { proposalId: "pro_1", verdict: "break_glass" },
    });
    const private_metadata = JSON.stringify({
      ...JSON.parse(submission.view.private_metadata),
      verdict: "break_glass",
    });
    expect(parse({ ...submission, view: { ...submission.view, private_metadata } })).toMatchObject({
      event: { kind: "decision", proposalId: "pro_1", verdict: "approved", reason: "month end", breakGlass: true },
    });
  });

  it.each(["refresh", "propose", "mute"] as const)("is the button %s with the value it carries", (action) => {
    expect(parse(clickOn({ action_id: action, value: "inc_1" }))).toMatchObject({
      event: { kind: "button", action, value: "inc_1" },
    });
  });

  it("is nothing on a link's click, on an unknown button, on another app's modal", () => {
    expect(parse(clickOn({ action_id: "open:0", value: undefined }))).toMatchObject({ kind: "nothing" });
    expect(parse(clickOn({ action_id: "run_everything" }))).toMatchObject({ kind: "nothing" });
    expect(parse({ ...submission, view: { ...submission.view, callback_id: "other" } })).toMatchObject({
      kind: "nothing",
    });
  });

  it("is an error where a field we read is missing or of another kind", () => {
    expect(() => parse({ ...click, user: { id: "../../x" } })).toThrow();
    expect(() => parse({ ...click, trigger_id: undefined })).toThrow();
    expect(() => parse({ ...command, user_id: "nobody" })).toThrow();
    expect(() => parse({ ...submission, view: { ...submission.view, private_metadata: "{}" } })).toThrow();
  });
});

describe("what a person typed", () => {
  it.each([
    ["<@U0PIPE> hello &lt;b&gt; &amp;amp;", "hello <b> &amp;"],
    ["ask <@U0BEN|ben> in <#C1|data> <!here>", "ask @ben in #data"],
    ["<https://x.example/a?b=1&amp;c=2|label>", "https://x.example/a?b=1&c=2"],
    ["<@U0PIPE>", ""],
    ["a <unclosed", "a <unclosed"],
  ])("reads %s as %s", (markup, words) => expect(readSlackText(markup, "U0PIPE")).toBe(words));

  it("reads no more than a screenful, whatever is sent", () => {
    expect(readSlackText("<".repeat(500_000), "U0PIPE").length).toBeLessThanOrEqual(4000);
  });
});
