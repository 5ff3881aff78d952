import type { ReceiverEvent } from "@slack/bolt";
import type { Router } from "express";
import { type Dispatcher, ProxyAgent, fetch as undiciFetch } from "undici";
import type { ChatAdapter, ChatEvents } from "../../src/chat/adapter.js";
import { refusalCard } from "../../src/chat/cards/index.js";
import type { SlackConfig } from "../../src/config/config.js";
import { ConfigError } from "../../src/core/errors.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { checkSlack } from "./check.js";
import { createSlackClient } from "./client.js";
import { createDeliveries } from "./deliveries.js";
import { createHttpMode } from "./http-mode.js";
import { createPeople, slackUserId } from "./people.js";
import { createPosting } from "./posting.js";
import { receive } from "./receive.js";
import { createSocketMode } from "./socket-mode.js";
import { createReplayMemory, type ReplayMemory } from "./verify.js";

export interface SlackAdapterDeps {
  readonly config: SlackConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: in memory. */
  readonly replayMemory?: ReplayMemory;
  /** HTTPS_PROXY, for an https SLACK_API_URL. */
  readonly proxy?: string | null;
  /** People are compared by their addresses too, so that the scope for them is needed. */
  readonly readsEmail?: boolean;
}

export interface SlackAdapter extends ChatAdapter {
  /** HTTP mode: to be mounted at `/slack/events`, before any body parser. Null in Socket Mode. */
  readonly router: Router | null;
}

/** How long a stop waits for events that are being taken. */
const drainMs = 10_000;

/** Slack as a chat surface, over signed HTTP or Socket Mode as configured. */
export function createSlackAdapter(deps: SlackAdapterDeps): SlackAdapter {
  const { config, clock, logger } = deps;
  const stopping = new AbortController();
  const dispatcher = proxyFor(config, deps.proxy ?? null);
  const fetch = dispatcher === null ? globalThis.fetch : fetchThrough(dispatcher);
  const client = createSlackClient({ config, clock, logger, fetch, signal: stopping.signal });
  const people = createPeople(client);
  const posting = createPosting({ client, clock, logger, signal: stopping.signal });
  const deliveries = createDeliveries(clock);
  let events: ChatEvents | null = null;

  async function handle(event: ReceiverEvent): Promise<void> {
    if (events === null) throw new ConfigError("Pipewright is still starting.", "Slack sends it again.");
    await receive(event, {
      events,
      client,
      people,
      deliveries,
      clock,
      logger,
      tell: (userId, thread, words) => posting.whisper(userId, thread, refusalCard(words)),
    });
  }

  const { signingSecret, appToken } = config;
  const socket =
    appToken === null
      ? null
      : createSocketMode({
          appToken,
          apiUrl: config.apiUrl,
          fetch,
          dispatcher,
          clock,
          logger,
          signal: stopping.signal,
          handle,
        });
  const replayMemory = deps.replayMemory ?? createReplayMemory(clock);
  const router =
    socket !== null || signingSecret === null
      ? null
      : createHttpMode({ signingSecret, replayMemory, clock, logger, handle });

  return {
    platform: "slack",
    router,
    async start(taken) {
      events = taken;
      await socket?.start();
    },
    postRoot: (card) => posting.post(config.channel, null, card),
    postReply: (root, card) => posting.answer(root, card),
    announce: (channel, card) => posting.post(channel, null, card),
    update: (message, card) => posting.update(message, card),
    whisper: (person, thread, card) => posting.whisper(slackUserId(person.id), thread, card),
    lookUp: (personId) => people.lookUp(personId),
    check: () => checkSlack(client, config, deps.readsEmail === true),
    async stop() {
      const waited = new AbortController();
      await socket?.stop();
      await Promise.race([deliveries.settled(), clock.sleep(drainMs, waited.signal)]);
      waited.abort();
      stopping.abort();
      await dispatcher?.close();
    },
  };
}

function proxyFor(config: SlackConfig, proxy: string | null): ProxyAgent | null {
  return proxy !== null && config.apiUrl.startsWith("https:") ? new ProxyAgent(proxy) : null;
}

/** undici's own fetch, since Node's built-in one takes no dispatcher of another undici. */
function fetchThrough(dispatcher: Dispatcher): typeof globalThis.fetch {
  return (input, init) => undiciFetch(input as never, { ...init, dispatcher } as never) as unknown as Promise<Response>;
}
