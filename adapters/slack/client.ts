import { webApi } from "@slack/bolt";
import type { z } from "zod";
import type { SlackConfig } from "../../src/config/config.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { boltLogger } from "./bolt-logger.js";
import { isTokenRefused, toUpstreamError } from "./slack-errors.js";

/** Every Web API method we call; the manifest's scopes are checked against this list. */
export const slackMethods = [
  "auth.test",
  "chat.postEphemeral",
  "chat.postMessage",
  "chat.update",
  "conversations.info",
  "users.info",
  "views.open",
] as const;
export type SlackMethod = (typeof slackMethods)[number];

export interface SlackClient {
  /** The answer's fields we read; waits out rate limits. Throws UpstreamError. */
  call<T>(method: SlackMethod, args: Readonly<Record<string, unknown>>, schema: z.ZodType<T>): Promise<T>;
  /** Answers through a response_url that `mayRespondTo` allowed. */
  respond(url: string, body: Readonly<Record<string, unknown>>): Promise<void>;
  mayRespondTo(url: string): boolean;
}

export interface SlackClientDeps {
  readonly config: SlackConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: typeof globalThis.fetch;
  /** Aborts waits when the adapter stops. */
  readonly signal: AbortSignal;
}

const callTimeoutMs = 10_000;
const rateLimitPatience = 5;

/** The few calls we make. Redirects are not followed: the token goes to the configured host only. */
export function createSlackClient(deps: SlackClientDeps): SlackClient {
  const { config, clock, signal } = deps;
  const fetchDirect: typeof globalThis.fetch = (input, init) => deps.fetch(input, { ...init, redirect: "error" });
  const web = new webApi.WebClient(undefined, {
    slackApiUrl: config.apiUrl,
    fetch: fetchDirect,
    timeout: callTimeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: boltLogger(deps.logger),
  });
  let token: string | null = null;

  async function attempt(method: SlackMethod, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    token ??= config.botToken.read();
    const used = token;
    try {
      return await web.apiCall(method, { ...args, token: used });
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      // A rotated secret file: read again, and only another token is worth another try.
      token = config.botToken.read();
      if (token === used) throw error;
      return web.apiCall(method, { ...args, token });
    }
  }

  return {
    async call(method, args, schema) {
      for (let tries = 1; ; tries += 1) {
        try {
          return schema.parse(await attempt(method, args));
        } catch (error) {
          const limited =
            error instanceof webApi.WebAPIRateLimitedError && tries <= rateLimitPatience && !signal.aborted;
          if (!limited) throw toUpstreamError(method, error);
          await clock.sleep(error.retryAfter * 1000, signal);
        }
      }
    },
    async respond(url, body) {
      const sent = await fetchDirect(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(callTimeoutMs),
      }).catch((error: unknown) => {
        throw new UpstreamError(
          "Slack could not be reached to answer.",
          "Ask again.",
          "unreachable",
          true,
          true,
          null,
          { cause: error },
        );
      });
      if (!sent.ok) {
        throw new UpstreamError(
          `Slack took no answer (HTTP ${sent.status}).`,
          "Ask again.",
          "rejected",
          false,
          false,
          sent.status,
        );
      }
    },
    mayRespondTo: (url) => isSlackHost(url, config.apiUrl),
  };
}

/** Slack's own hosts over TLS, and the host of SLACK_API_URL. */
function isSlackHost(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  if (target.origin === new URL(apiUrl).origin) return true;
  return target.protocol === "https:" && (target.hostname === "slack.com" || target.hostname.endsWith(".slack.com"));
}
