import { fileURLToPath } from "node:url";
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from "express";
import { explainError, InputError, PipewrightError, RefusedByPolicy, StaleApproval } from "../../src/core/errors.js";
import type { Person } from "../../src/core/person.js";
import type { Logger } from "../../src/core/ports.js";
import type { LivePages } from "./client.js";
import type { Conversation } from "./conversation.js";
import { parseBreak, parsePosted } from "./parse.js";
import { mayRead, type Reader, renderMessage, renderThread } from "./render.js";
import type { PostedEvent } from "./schema.js";
import type { SignIn } from "./sign-in/index.js";
import type { PageProof } from "./verify.js";
import { actor, type Visitors } from "./visitors.js";

/** Faults the simulated world can be given again. */
export interface BreakMenu {
  /** `fixLabel` where the cause can be taken away by hand: `Mark the column fixed`. */
  list(): readonly {
    readonly id: string;
    readonly label: string;
    readonly pipeline: string;
    readonly fixLabel?: string;
  }[];
  run(id: string): Promise<void>;
  fix?(id: string): Promise<void>;
}

/** What the page's header says is connected, and what isn't. */
export interface ConsoleAbout {
  readonly connections: readonly string[];
  readonly notes: readonly string[];
}

export interface ConsoleRouterDeps {
  readonly mode: "sandbox" | "real";
  readonly visitors: Visitors;
  readonly signIn: SignIn | null;
  readonly conversation: Conversation;
  readonly pages: LivePages;
  readonly proof: PageProof;
  readonly breakMenu: BreakMenu | null;
  readonly about: () => ConsoleAbout;
  /** Hands a person's deed on; resolves with the thread it belongs to. */
  readonly take: (posted: PostedEvent, person: Person) => Promise<{ readonly thread: string }>;
  readonly logger: Logger;
}

const pageFolder = fileURLToPath(new URL("./page/", import.meta.url));
const readOnlyMessage =
  "This console is read-only: it is connected to real systems and nobody is signed in. Decide in the chat.";

/**
 * The page and its small API. Reads are open to this machine, or to whoever signed in where sign-in is configured; every POST
 * needs the page's proof and a known person.
 */
export function createConsoleRouter(deps: ConsoleRouterDeps): Router {
  const { conversation, visitors, proof } = deps;
  const router = express.Router();

  const readerOf = (request: Request): Reader => {
    const person = visitors.who(request, request.query["person"]);
    return { personId: person?.id ?? null, mayAct: visitors.by !== "none" };
  };
  const signedIn: RequestHandler = (request, response, next) => {
    if (visitors.by !== "sign-in" || visitors.who(request, null) !== null) return next();
    response.status(401).json({ error: "Sign in to see this.", code: "sign-in" });
  };

  if (deps.signIn !== null) router.use(deps.signIn.router);

  router.get("/api/session", (request, response) => {
    const people = visitors.choices(request);
    const isOpen = visitors.by !== "sign-in" || people.length > 0;
    response.set("Cache-Control", "no-store").json({
      mode: deps.mode,
      by: visitors.by,
      readOnly: people.length === 0,
      token: proof.token,
      people,
      breakMenu: deps.breakMenu?.list() ?? [],
      ...(isOpen ? deps.about() : { connections: [], notes: [] }),
    });
  });

  router.get("/api/threads", signedIn, (request, response) => {
    const reader = readerOf(request);
    response.json({ threads: conversation.all().flatMap((messages) => renderThread(messages, reader) ?? []) });
  });

  router.get("/api/threads/:id", signedIn, (request, response) => {
    const reader = readerOf(request);
    const messages = conversation
      .messages(String(request.params["id"]))
      .filter((message) => mayRead(message, reader.personId));
    if (messages.length === 0) return void response.status(404).json({ error: "This thread is not here (any more)." });
    response.json({ messages: messages.map((message) => renderMessage(message, reader)) });
  });

  router.get("/api/stream", signedIn, (request, response) => {
    const { personId } = readerOf(request);
    const mayStillRead = (): boolean => readerOf(request).personId === personId;
    if (!deps.pages.open(response, personId, mayStillRead)) {
      response.status(503).json({ error: "Too many pages are open; close some and reload." });
    }
  });

  const guarded: RequestHandler[] = [
    (request, response, next) => {
      const refusal = proof.check(request.headers);
      if (refusal) return void response.status(403).json({ error: refusal.message, code: refusal.code });
      if (visitors.by === "none") return void response.status(403).json({ error: readOnlyMessage, code: "read-only" });
      next();
    },
    signedIn,
    express.json({ limit: "16kb" }),
  ];

  router.post("/api/events", ...guarded, async (request, response) => {
    const posted = parsePosted(request.body);
    response.status(202).json(await deps.take(posted, actor(visitors, request, posted.person)));
  });

  router.post("/auth/logout", ...guarded, async (request, response) => {
    await deps.signIn?.signOut(request, response);
    response.status(204).end();
  });

  router.post("/api/break", ...guarded, async (request, response) => {
    const { id, fix } = parseBreak(request.body);
    const menu = deps.breakMenu;
    if (!menu?.list().some((entry) => entry.id === id)) {
      throw new InputError("Nothing was broken: the choice is not known.", "Reload the page.");
    }
    await (fix && menu.fix ? menu.fix(id) : menu.run(id));
    response.status(202).json({ ok: true });
  });

  router.use(
    express.static(pageFolder, { cacheControl: false, setHeaders: (page) => page.set("Cache-Control", "no-cache") }),
  );
  router.use("/api", failedCall(deps.logger));
  return router;
}

function failedCall(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent || !(error instanceof PipewrightError)) return next(error);
    const refused = error instanceof RefusedByPolicy || error instanceof StaleApproval;
    const status = error instanceof InputError ? 400 : refused ? 409 : 503;
    if (status === 503) logger.warn({ err: error }, "a click on the console could not be taken");
    response.status(status).json({ error: explainError(error) });
  };
}
