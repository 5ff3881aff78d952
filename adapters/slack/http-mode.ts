import type { IncomingMessage } from "node:http";
import { App, ExpressReceiver, type Receiver, type ReceiverEvent } from "@slack/bolt";
import { type RequestHandler, Router } from "express";
import type { Secret } from "../../src/config/config.js";
import type { Clock, Logger } from "../../src/core/ports.js";
import { boltLogger } from "./bolt-logger.js";
import { type ReplayMemory, verifyRequest } from "./verify.js";

/** Slack's largest payloads (a click on a full message) stay well below. */
const bodyLimit = 1_000_000;

export interface HttpModeDeps {
  readonly signingSecret: Secret;
  readonly replayMemory: ReplayMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handle: (event: ReceiverEvent) => Promise<void>;
}

/** Slack over signed HTTP: a router for `/slack/events` that lets only fresh, genuine, unseen requests through to Bolt. */
export function createHttpMode(deps: HttpModeDeps): Router {
  const router = Router();
  router.post("/", guard(deps));
  const receiver = new ExpressReceiver({
    // Verified above: Bolt's own check takes replays and times of the future.
    signatureVerification: false,
    signingSecret: "",
    endpoints: "/",
    router,
    logger: boltLogger(deps.logger),
  });
  bindReceiver(receiver, deps.logger, deps.handle);
  return router;
}

/** Bolt's app acknowledges events before they are handled; ours hands them over and lets the handler decide when. */
class DurableApp extends App {
  constructor(
    receiver: Receiver,
    logger: Logger,
    private readonly handle: (event: ReceiverEvent) => Promise<void>,
  ) {
    super({ receiver, logger: boltLogger(logger), authorize: async () => ({}) });
  }

  override processEvent(event: ReceiverEvent): Promise<void> {
    return this.handle(event);
  }
}

/** Every event of the receiver goes to `handle`. */
export function bindReceiver(
  receiver: Receiver,
  logger: Logger,
  handle: (event: ReceiverEvent) => Promise<void>,
): void {
  new DurableApp(receiver, logger, handle);
}

function guard({ signingSecret, replayMemory, clock, logger }: HttpModeDeps): RequestHandler {
  return async (request, response, next) => {
    const rawBody = await readBody(request);
    if (rawBody === null) {
      response.status(413).end();
      return;
    }
    const signature = request.get("x-slack-signature");
    const timestamp = request.get("x-slack-request-timestamp");
    const verified = verifyRequest({ signature, timestamp, rawBody }, signingSecret.read(), clock.now());
    if (!verified.ok) {
      logger.warn(
        { why: verified.why },
        "A request to /slack/events was not from Slack, or not from now; it was refused.",
      );
      response.status(401).end();
      return;
    }
    const key = `slack|${signature}`;
    if (!(await replayMemory.remember(key))) {
      logger.warn({ why: "replayed" }, "A request to /slack/events came a second time; it was refused.");
      response.status(401).end();
      return;
    }
    // What was not answered well may come again, even within the second that its signature names.
    response.once("close", () => {
      if (!response.writableFinished || response.statusCode >= 500) void replayMemory.forget(key);
    });
    // Bolt parses this instead of the stream, which is read to its end.
    Object.assign(request, { rawBody });
    next();
  };
}

/** The exact bytes, since the signature is over them; null when there are too many. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    // Read a little on without keeping it, so that the sender gets its answer and no broken connection.
    if (length <= bodyLimit) chunks.push(bytes);
    else if (length > 4 * bodyLimit) break;
  }
  return length <= bodyLimit ? Buffer.concat(chunks) : null;
}
