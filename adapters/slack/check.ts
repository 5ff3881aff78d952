import type { SlackConfig } from "../../src/config/config.js";
import { explainError } from "../../src/core/errors.js";
import type { SlackClient } from "./client.js";
import { AuthAnswer, ChannelAnswer } from "./schema.js";

/** What the app must be allowed, and for what; manifests/slack.yaml asks for exactly these. */
export const neededScopes: Readonly<Record<string, string>> = {
  "app_mentions:read": "hear its mentions",
  "channels:read": "check that it is in its channel",
  "chat:write": "post and edit its threads",
  commands: "answer /pipewright",
  "groups:read": "check a private channel",
  "im:history": "hear direct messages",
  "users:read": "see whether who clicks is a member",
};

/** Only where one human is known by their address (identity.match_email). */
const emailScope = ["users:read.email", "know one human by their address"] as const;

/** What is missing in Slack, in words; empty when all is well. */
export async function checkSlack(
  client: SlackClient,
  config: SlackConfig,
  readsEmail: boolean,
): Promise<readonly string[]> {
  let scopes: readonly string[] | undefined;
  try {
    scopes = (await client.call("auth.test", {}, AuthAnswer)).response_metadata?.scopes;
  } catch (error) {
    return [explainError(error)];
  }
  const needed = [...Object.entries(neededScopes), ...(readsEmail ? [emailScope] : [])];
  const lacking = scopes === undefined ? [] : needed.filter(([scope]) => !scopes.includes(scope));
  return [
    ...lacking.map(
      ([scope, use]) =>
        `The Slack app lacks the scope ${scope} (to ${use}). Install it again from manifests/slack.yaml.`,
    ),
    ...(await checkChannel(client, config)),
  ];
}

async function checkChannel(client: SlackClient, config: SlackConfig): Promise<readonly string[]> {
  // Only ids can be looked up; a name works for posting alone.
  if (!/^[CG][A-Z0-9]+$/.test(config.channel)) {
    return [
      `SLACK_CHANNEL is ${config.channel}, a name. Use the channel's id (at the end of its details in Slack), which survives a rename.`,
    ];
  }
  try {
    const { channel } = await client.call("conversations.info", { channel: config.channel }, ChannelAnswer);
    if (channel.is_archived === true) return ["The channel in SLACK_CHANNEL is archived. Name another one."];
    if (channel.is_member === false)
      return [`The app is not in #${channel.name ?? config.channel}. Write /invite @Pipewright there.`];
    return [];
  } catch (error) {
    return [explainError(error)];
  }
}
