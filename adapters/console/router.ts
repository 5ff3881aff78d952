import { fileURLToPath } from "node:url";
import express, { type ErrorRequestHandler, type RequestHandler, type Router } from "express";
import { explainError, InputError, PipewrightError, RefusedByPolicy, StaleApproval } from "../../src/core/errors.js";
import type { Logger } from "../../src/core/ports.js";
import type { LivePages } from "./client.js";
import type { Conversation } from "./conversation.js";
import { parseBreak, parsePosted } from "./parse.js";
import type { SandboxPerson } from "./people.js";
import { mayRead, type Reader, renderMessage, renderThread } from "./render.js";
import type { PostedEvent } from "./schema.js";
import type { PageProof } from "./verify.js";

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
  readonly people: readonly SandboxPerson[];
  readonly conversation: Conversation;
  readonly pages: LivePages;
  readonly proof: PageProof;
  readonly breakMenu: BreakMenu | null;
  readonly about: () => ConsoleAbout;
  /** Hands a person's deed on; resolves with the thread it belongs to. */
  readonly take: (posted: PostedEvent, person: SandboxPerson) => Promise<{ readonly thread: string }>;
  readonly logger: Logger;
}

const pageFolder = fileURLToPath(new URL("./page/", import.meta.url));
const readOnlyMessage =
  "This console is read-only: it is connected to real systems and nobody is signed in. Decide in the chat.";

/** The page and its small API. Reads are open to this machine; every POST needs the page's proof and a known person. */
export function createConsoleRouter(deps: ConsoleRouterDeps): Router {
  const { conversation, people, proof } = deps;
  const router = express.Router();

  const readerOf = (personId: unknown): Reader => {
    const known = people.find((person) => person.id === personId);
    return { personId: known?.id ?? null, mayAct: people.length > 0 };
  };
  const personOf = (personId: string): SandboxPerson => {
    const known = people.find((person) => person.id === personId);
    if (known === undefined)
      throw new RefusedByPolicy("This console knows nobody of that name; nothing was done.", "Reload the page.");
    return known;
  };

  router.get("/api/session", (_request, response) => {
    response.json({
      mode: deps.mode,
      readOnly: people.length === 0,
      token: proof.token,
      people: people.map(({ id, displayName, role }) => ({ id, name: displayName, role })),
      breakMenu: deps.breakMenu?.list() ?? [],
      ...deps.about(),
    });
  });

  router.get("/api/threads", (request, response) => {
    const reader = readerOf(request.query["person"]);
    response.json({ threads: conversation.all().flatMap((messages) => renderThread(messages, reader) ?? []) });
  });

  router.get("/api/threads/:id", (request, response) => {
    const reader = readerOf(request.query["person"]);
    const messages = conversation.messages(request.params.id).filter((message) => mayRead(message, reader.personId));
    if (messages.length === 0) return void response.status(404).json({ error: "This thread is not here (any more)." });
    response.json({ messages: messages.map((message) => renderMessage(message, reader)) });
  });

  router.get("/api/stream", (request, response) => {
    const { personId } = readerOf(request.query["person"]);
    if (!deps.pages.open(response, personId)) {
      response.status(503).json({ error: "Too many pages are open; close some and reload." });
    }
  });

  const guarded: RequestHandler[] = [
    (request, response, next) => {
      const refusal = proof.check(request.headers);
      if (refusal) return void response.status(403).json({ error: refusal.message, code: refusal.code });
      if (people.length === 0) return void response.status(403).json({ error: readOnlyMessage, code: "read-only" });
      next();
    },
    express.json({ limit: "16kb" }),
  ];

  router.post("/api/events", ...guarded, async (request, response) => {
    const posted = parsePosted(request.body);
    response.status(202).json(await deps.take(posted, personOf(posted.person)));
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
