import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { neededScopes } from "../../../adapters/slack/check.js";
import { type SlackMethod, slackMethods } from "../../../adapters/slack/client.js";

const text = readFileSync(new URL("../../../manifests/slack.yaml", import.meta.url), "utf8");
const manifest = parse(text);
/** The same file as a reader of its comments would change it for signed HTTP. */
const httpManifest = parse(
  text
    .replaceAll(/# (url|request_url): (\S+) +# HTTP/g, "$1: $2")
    .replace("socket_mode_enabled: true", "socket_mode_enabled: false"),
);

/** What Slack's reference names for each method we call; empty: any token. */
const scopesOf: Readonly<Record<SlackMethod, readonly string[]>> = {
  "auth.test": [],
  "chat.postEphemeral": ["chat:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "conversations.info": ["channels:read", "groups:read"],
  "users.info": ["users:read"],
  "views.open": [],
};
const scopesOfEvents: Readonly<Record<string, string>> = {
  app_mention: "app_mentions:read",
  "message.im": "im:history",
};

describe("manifests/slack.yaml", () => {
  it("asks for exactly the scopes that our calls, events and command need", () => {
    const events: readonly string[] = manifest.settings.event_subscriptions.bot_events;
    const needed = new Set([
      "commands",
      ...slackMethods.flatMap((method) => scopesOf[method]),
      ...events.map((event) => scopesOfEvents[event]),
    ]);
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort());
    expect(Object.keys(neededScopes).sort()).toEqual([...needed].sort());
  });

  it("subscribes to mentions and direct messages only, and has the one command", () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(["app_mention", "message.im"]);
    expect(manifest.features.slash_commands.map(({ command }: { command: string }) => command)).toEqual([
      "/pipewright",
    ]);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });

  it("is Socket Mode as it stands and signed HTTP by its comments, all three addresses being ours", () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(httpManifest.settings.socket_mode_enabled).toBe(false);
    const addresses = [
      httpManifest.features.slash_commands[0].url,
      httpManifest.settings.event_subscriptions.request_url,
      httpManifest.settings.interactivity.request_url,
    ];
    expect(addresses.every((address) => new URL(address).pathname === "/slack/events")).toBe(true);
  });
});
