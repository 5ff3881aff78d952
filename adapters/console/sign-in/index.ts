import express, { type Request, type Response, type Router } from "express";
import type { OidcConfig } from "../../../src/config/config.js";
import { explainError, PipewrightError, RefusedByPolicy } from "../../../src/core/errors.js";
import type { Person } from "../../../src/core/person.js";
import type { Clock, Logger } from "../../../src/core/ports.js";
import { clearOutward, clearSession, readOutward, readSession, setOutward, setSession } from "./cookies.js";
import { createProvider, type Grant, type Outward, type Provider } from "./provider.js";
import { createKeyring } from "./sessions.js";

/** Who signed in lately, where every process on the same store can see it. */
export interface SignedIn {
  remember(person: Person, until: Date): Promise<void>;
  find(personId: string): Promise<Person | null>;
  forget(personId: string): Promise<void>;
}

export interface SignInDeps {
  readonly config: OidcConfig;
  readonly signedIn: SignedIn;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: Node's own. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Sign-in to the console by OpenID Connect. */
export interface SignIn {
  /** `/auth/login` and `/auth/callback`. */
  readonly router: Router;
  /** Who this request comes from; null when nobody is signed in. */
  personOf(request: Pick<Request, "headers">): Person | null;
  signOut(request: Request, response: Response): Promise<void>;
  /** Asks the provider afresh; throws when it can't be asked, or says no. */
  lookUp(personId: string): Promise<Person>;
}

/** The grant is renewed in place when the provider asks for it. */
interface Session {
  grant: Grant;
}

const sessionMs = 8 * 60 * 60 * 1000;
const outwardMs = 10 * 60 * 1000;
/** How long a sign-in vouches for somebody at another process, or after a restart. */
const vouchMs = 60 * 60 * 1000;

export function createSignIn(deps: SignInDeps): SignIn {
  const { config, clock, logger, signedIn } = deps;
  const now = (): number => clock.now().getTime();
  const provider: Provider = createProvider({ config, fetch: deps.fetch ?? globalThis.fetch, now });
  const sessions = createKeyring<Session>({ most: 2_000, lastMs: sessionMs, now });
  const outwards = createKeyring<Outward & { readonly back: string }>({ most: 500, lastMs: outwardMs, now });
  const router = express.Router();

  router.get("/auth/login", async (request, response) => {
    try {
      const { url, outward } = await provider.begin(addressOf(request, "/auth/callback").href);
      setOutward(response, outwards.add({ ...outward, back: safeBack(request.query["to"]) }), isSecure(request));
      response.redirect(302, url);
    } catch (error) {
      fail(response, error);
    }
  });

  router.get("/auth/callback", async (request, response) => {
    // Taken out at once: an address that was used is worth nothing a second time.
    const outward = outwards.take(readOutward(request));
    clearOutward(response, isSecure(request));
    try {
      if (outward === null) {
        throw new RefusedByPolicy("This sign-in was not begun here, or took too long.", "Sign in again.");
      }
      const grant = await provider.finish(addressOf(request, request.originalUrl), outward);
      await signedIn.remember(grant.person, new Date(now() + vouchMs));
      sessions.take(readSession(request));
      setSession(response, sessions.add({ grant }), isSecure(request));
      logger.info({ person: grant.person.id }, "somebody signed in to the console");
      response.redirect(302, outward.back);
    } catch (error) {
      fail(response, error);
    }
  });

  function fail(response: Response, error: unknown): void {
    logger.warn({ err: error }, "a sign-in to the console failed");
    const status = error instanceof RefusedByPolicy ? 403 : error instanceof PipewrightError ? 503 : 500;
    response
      .status(status)
      .type("text/plain")
      .send(`${explainError(error)}\nGo back to the console: /\n`);
  }

  /** Behind a proxy that speaks TLS the configured address says so; else it is the address the page was opened at. */
  function addressOf(request: Request, path: string): URL {
    const host = request.headers.host ?? "";
    const base =
      config.consoleUrl !== null && new URL(config.consoleUrl).host === host ? config.consoleUrl : `http://${host}`;
    return new URL(path, base);
  }
  const isSecure = (request: Request): boolean => addressOf(request, "/").protocol === "https:";

  return {
    router,
    personOf: (request) => sessions.get(readSession(request))?.grant.person ?? null,
    async signOut(request, response) {
      const ended = sessions.take(readSession(request));
      clearSession(response, isSecure(request));
      if (ended === null) return;
      const { id } = ended.grant.person;
      if (!sessions.values().some(({ grant }) => grant.person.id === id)) await signedIn.forget(id);
    },
    async lookUp(personId) {
      const here = sessions
        .values()
        .filter(({ grant }) => grant.person.id === personId)
        .at(-1);
      if (here !== undefined) {
        here.grant = await provider.confirm(here.grant);
        return here.grant.person;
      }
      const elsewhere = await signedIn.find(personId);
      if (elsewhere !== null) return elsewhere;
      throw new RefusedByPolicy(`${personId} is not signed in to the console.`, "Sign in again.");
    },
  };
}

/** A path of our own page, never another address. */
function safeBack(to: unknown): string {
  if (typeof to !== "string" || to.length > 500 || !/^\/(?![/\\])[\w\-./#?=&%~:]*$/.test(to)) return "/";
  return to.startsWith("/auth/") ? "/" : to;
}
