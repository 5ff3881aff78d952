import { type ReceiverEvent, SocketModeReceiver, type webApi } from "@slack/bolt";
import type { Dispatcher } from "undici";
import type { Secret } from "../../src/config/config.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { boltLogger } from "./bolt-logger.js";
import { bindReceiver } from "./http-mode.js";

export interface SocketModeDeps {
  readonly appToken: Secret;
  readonly apiUrl: string;
  readonly fetch: webApi.WebClientOptions["fetch"];
  readonly dispatcher: Dispatcher | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly handle: (event: ReceiverEvent) => Promise<void>;
}

/** How long a start waits for the first connection before it goes on in the background. */
const firstConnectionMs = 10_000;
const retryMs = 30_000;

/** Slack over a web socket that we open. A refused or lost connection is tried again for as long as we run. */
export interface SocketMode {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createSocketMode(deps: SocketModeDeps): SocketMode {
  const { clock, logger, signal } = deps;
  let receiver: SocketModeReceiver | null = null;

  async function connect(): Promise<void> {
    while (!signal.aborted) {
      receiver = createReceiver(deps);
      try {
        await receiver.start();
        return;
      } catch (error) {
        await receiver.stop().catch(() => undefined);
        logger.error(
          { err: error },
          "Slack's Socket Mode did not connect; it is tried again. Check SLACK_APP_TOKEN and its scope connections:write.",
        );
        await clock.sleep(retryMs, signal);
      }
    }
  }

  return {
    async start() {
      const stop = new AbortController();
      await Promise.race([connect(), clock.sleep(firstConnectionMs, stop.signal)]);
      stop.abort();
    },
    async stop() {
      await receiver?.stop().catch(() => undefined);
    },
  };
}

function createReceiver(deps: SocketModeDeps): SocketModeReceiver {
  const receiver = new SocketModeReceiver({
    appToken: deps.appToken.read(),
    logger: boltLogger(deps.logger),
    ...(deps.dispatcher === null ? {} : { dispatcher: deps.dispatcher }),
    installerOptions: {
      clientOptions: {
        slackApiUrl: deps.apiUrl,
        retryConfig: { retries: 0 },
        ...(deps.fetch === undefined ? {} : { fetch: deps.fetch }),
      },
    },
  });
  bindReceiver(receiver, deps.logger, deps.handle);
  return receiver;
}
