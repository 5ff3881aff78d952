import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { evidenceCard, incidentCard, proposalCard, refusalCard } from "../../src/chat/cards/index.js";
import { localSlackBinary, slackTeam } from "../fixtures/local-slack.js";
import { type SlackStage, startStage } from "../fixtures/slack-stage.js";
import { incident, now, proposal } from "../unit/cards/examples.js";
import { expectBlockKit } from "../unit/slack/block-kit.js";

const { channel, people, bot } = slackTeam;
const facts = { proposal, now, mayDecide: "Ben or Cleo" };
const modes = localSlackBinary() === null ? (["http"] as const) : (["http", "socket"] as const);
if (localSlackBinary() === null)
  process.stderr.write("local-slack is not here: the Slack stories run on our own double, over HTTP only.\n");

describe.each(modes)("Slack over %s", (mode) => {
  let stage: SlackStage;
  beforeAll(async () => {
    stage = await startStage(mode);
  });
  afterAll(() => stage.close());

  it("hears a mention in the channel as a question in a thread of its own", async () => {
    const said = await stage.slack.say(people.ana, channel, `<@${bot}> why did ledger_nightly fail &amp; when?`);
    expect(await stage.next()).toMatchObject({
      kind: "question",
      person: { id: "slack:U0ANA", standing: "member" },
      text: "why did ledger_nightly fail & when?",
      thread: { platform: "slack", address: { channel, ts: said.ts } },
      isPrivate: false,
    });
  });

  it("hears the command and answers only who gave it", async () => {
    await stage.slack.command(people.ana, channel, "status");
    const event = await stage.next();
    expect(event).toMatchObject({ kind: "question", text: "status", isPrivate: true, person: { id: "slack:U0ANA" } });
    await stage.adapter.postReply(event.thread, refusalCard("No incident is open."));
    const answer = (await stage.slack.messages(channel)).at(-1);
    expect(answer).toMatchObject({ subtype: "ephemeral", ephemeral_to: "U0ANA" });
    expect(JSON.stringify(answer?.blocks)).toContain("No incident is open.");
  });

  it("takes an empty command for a call for help", async () => {
    await stage.slack.command(people.ana, channel, "");
    expect(await stage.next()).toMatchObject({ kind: "question", text: "help" });
  });

  it("shows an incident as one root message with its thread, and edits it in place", async () => {
    const root = await stage.adapter.postRoot(incidentCard(incident, facts));
    const reply = await stage.adapter.postReply(root, evidenceCard(incident, { hidesValues: true }));
    const messages = await stage.slack.messages(channel);
    const posted = messages.find(({ ts }) => ts === root.address["ts"]);
    const quoted = messages.find(({ ts }) => ts === reply.address["ts"]);
    expect(posted?.text).toContain("● FAILED ledger_nightly / close_books");
    expect(quoted?.thread_ts).toBe(root.address["ts"]);
    expectBlockKit(posted?.blocks ?? []);
    expectBlockKit(quoted?.blocks ?? []);

    const recovered = {
      ...incident,
      state: "recovered",
      proposalId: null,
      recoveredAt: "2026-03-04T02:26:30Z",
    } as const;
    await stage.adapter.update(root, incidentCard(recovered, { ...facts, proposal: null }));
    const after = await stage.slack.messages(channel);
    expect(after.length).toBe(messages.length);
    expect(after.find(({ ts }) => ts === root.address["ts"])?.text).toContain(
      "✓ RECOVERED ledger_nightly / close_books",
    );
  });

  it("takes Approve from the posted card as a decision, in the thread of the incident", async () => {
    const root = await stage.adapter.postRoot(incidentCard(incident, facts));
    const card = await stage.adapter.postReply(root, proposalCard(proposal, facts));
    await stage.slack.click(people.ben, channel, String(card.address["ts"]), "approve");
    const event = await stage.next();
    expect(event).toMatchObject({
      kind: "decision",
      verdict: "approved",
      proposalId: "pro_1",
      reason: null,
      person: {
        id: "slack:U0BEN",
        platform: "slack",
        displayName: expect.stringMatching(/^ben$/i),
        standing: "member",
      },
      thread: { address: { channel, ts: root.address["ts"] } },
    });
    await stage.adapter.whisper(event.person, event.thread, refusalCard("Ask Cleo."));
    expect((await stage.slack.messages(channel)).at(-1)).toMatchObject({
      ephemeral_to: "U0BEN",
      subtype: "ephemeral",
      thread_ts: root.address["ts"],
    });
  });

  it("asks for the reason of a denial before it is one", async () => {
    const card = await stage.adapter.postRoot(proposalCard(proposal, facts));
    const before = stage.taken.length;
    await stage.slack.click(people.ben, channel, String(card.address["ts"]), "deny");
    const modal = await stage.slack.modal();
    expect(modal).toMatchObject({ type: "modal", callback_id: "deny" });
    expectBlockKit(modal?.blocks ?? []);
    expect(stage.taken.length).toBe(before);
    await stage.slack.submitModal(people.ben, "books are closed");
    expect(await stage.next()).toMatchObject({
      kind: "decision",
      verdict: "denied",
      proposalId: "pro_1",
      reason: "books are closed",
      person: { id: "slack:U0BEN" },
      thread: { address: { channel, ts: card.address["ts"] } },
    });
    // The modal closes on the acknowledgement, which follows the event that is already taken.
    await vi.waitFor(async () => expect(await stage.slack.modal()).toBeNull());
  });

  it("takes Mute with the incident's id and lets a link's click pass", async () => {
    const root = await stage.adapter.postRoot(incidentCard(incident, facts));
    const before = stage.taken.length;
    await stage.slack.click(people.ana, channel, String(root.address["ts"]), "open:0");
    expect(stage.taken.length).toBe(before);
    await stage.slack.click(people.ana, channel, String(root.address["ts"]), "mute");
    expect(await stage.next()).toMatchObject({ kind: "button", action: "mute", value: "inc_1" });
  });

  it("names people as Slack does and finds nothing missing", async () => {
    expect(await stage.adapter.lookUp("slack:U0CLEO")).toMatchObject({ id: "slack:U0CLEO", standing: "member" });
    expect(await stage.adapter.check()).toEqual([]);
  });
});
