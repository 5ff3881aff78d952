import * as oidc from "openid-client";
import type { OidcConfig } from "../../../src/config/config.js";
import { RefusedByPolicy, UpstreamError } from "../../../src/core/errors.js";
import type { Person } from "../../../src/core/person.js";

/** What is kept between sending somebody to the provider and their coming back. */
export interface Outward {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the provider gave: never shown, never stored on disk. */
export interface Grant {
  readonly person: Person;
  readonly subject: string;
  readonly accessToken: string;
  readonly accessEndsAt: number;
  readonly refreshToken: string | null;
}

/** The identity provider by OpenID Connect: authorization code with PKCE, state and nonce. */
export interface Provider {
  begin(redirectUri: string): Promise<{ readonly url: string; readonly outward: Outward }>;
  /** `address`: where the provider sent them back to. RefusedByPolicy when anything in it does not fit. */
  finish(address: URL, outward: Outward): Promise<Grant>;
  /** Asks the provider whether they are still who they were; RefusedByPolicy when it says no. */
  confirm(grant: Grant): Promise<Grant>;
}

export interface ProviderDeps {
  readonly config: OidcConfig;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}

const timeoutSeconds = 10;
/** Where the provider does not say how long its access lasts. */
const defaultAccessSeconds = 300;

export function createProvider({ config, fetch, now }: ProviderDeps): Provider {
  let discovered: Promise<oidc.Configuration> | null = null;

  /** The provider may be down at our start; it is asked again at the next sign-in. */
  function discover(): Promise<oidc.Configuration> {
    const issuer = new URL(config.issuer);
    // The configuration lets plain http pass for loopback only.
    const plain = issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
    discovered ??= oidc
      .discovery(issuer, config.clientId, config.clientSecret.read(), undefined, {
        // The signature of the ID token is checked too, although it comes over TLS from the provider itself.
        execute: [...plain, oidc.enableNonRepudiationChecks],
        timeout: timeoutSeconds,
        [oidc.customFetch]: (url, options) => fetch(url, { ...(options as RequestInit), redirect: "error" }),
      })
      .catch((cause: unknown) => {
        discovered = null;
        throw unreachable(cause);
      });
    return discovered;
  }

  function take(answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers, old: Grant | null): Grant {
    const claims = answer.claims();
    const person = claims === undefined ? old?.person : personOf(claims, config.domains);
    const subject = claims?.sub ?? old?.subject;
    if (person === undefined || subject === undefined || (old !== null && old.person.id !== person.id)) {
      throw refused("The provider did not say who signed in.");
    }
    return {
      person,
      subject,
      accessToken: answer.access_token,
      accessEndsAt: now() + (answer.expiresIn() ?? defaultAccessSeconds) * 1000,
      refreshToken: answer.refresh_token ?? old?.refreshToken ?? null,
    };
  }

  async function refresh(server: oidc.Configuration, grant: Grant): Promise<Grant> {
    if (grant.accessEndsAt > now()) return grant;
    if (grant.refreshToken === null) throw refused("Your sign-in is too old to decide by.");
    return take(await oidc.refreshTokenGrant(server, grant.refreshToken), grant);
  }

  return {
    async begin(redirectUri) {
      const server = await discover();
      const outward = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(server, {
        redirect_uri: redirectUri,
        scope: "openid profile email",
        state: outward.state,
        nonce: outward.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(outward.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, outward };
    },

    async finish(address, outward) {
      const server = await discover();
      try {
        const answer = await oidc.authorizationCodeGrant(server, address, {
          pkceCodeVerifier: outward.verifier,
          expectedState: outward.state,
          expectedNonce: outward.nonce,
          idTokenExpected: true,
        });
        return take(answer, null);
      } catch (error) {
        throw translate(error);
      }
    },

    async confirm(grant) {
      const server = await discover();
      try {
        const fresh = await refresh(server, grant);
        if (server.serverMetadata().userinfo_endpoint === undefined) return fresh;
        const info = await oidc.fetchUserInfo(server, fresh.accessToken, fresh.subject);
        const person = personOf({ ...info, sub: fresh.subject }, config.domains, fresh.person);
        if (person.id !== fresh.person.id) throw refused("The provider now knows you under another address.");
        return { ...fresh, person };
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

interface Claims {
  readonly sub: string;
  readonly name?: unknown;
  readonly preferred_username?: unknown;
  readonly email?: unknown;
  readonly email_verified?: unknown;
}

/** `console:<verified e-mail>`, or the provider's own subject where it vouches for no address. */
function personOf(claims: Claims, domains: readonly string[], before: Person | null = null): Person {
  // Some providers leave the address out of the user's description; then the one of the sign-in stands.
  const said = claims.email === undefined && before !== null ? (before.email ?? null) : verifiedEmail(claims);
  const address = said?.toLowerCase() ?? null;
  const domain = address?.split("@")[1];
  if (domains.length > 0 && (domain === undefined || !domains.includes(domain))) {
    throw refused("Your address is not verified, or not one of this organisation's.");
  }
  const key = address ?? claims.sub;
  // A subject may not pass for somebody's address.
  if (!/^\S{1,110}$/.test(key) || (address === null && key.includes("@"))) {
    throw refused("The provider describes you in a way that can't be told apart from others.");
  }
  const name = [claims.name, claims.preferred_username].find((one) => typeof one === "string" && one.trim() !== "");
  return {
    id: `console:${key}`,
    platform: "console",
    displayName: typeof name === "string" ? name.trim().slice(0, 80) : (before?.displayName ?? key),
    standing: "member",
    email: address,
  };
}

function verifiedEmail({ email, email_verified }: Claims): string | null {
  const isAddress = typeof email === "string" && /^[^\s@]{1,64}@[^\s@]{1,253}$/.test(email);
  return isAddress && email_verified === true ? email : null;
}

function translate(error: unknown): Error {
  if (error instanceof RefusedByPolicy || error instanceof UpstreamError) return error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  const broken = error instanceof Error && error.cause instanceof Response && error.cause.status >= 500;
  const down = broken || error instanceof TypeError || code === "OAUTH_TIMEOUT";
  return down ? unreachable(error) : refused("The provider's answer was not accepted.", error);
}

function refused(words: string, cause?: unknown): RefusedByPolicy {
  return new RefusedByPolicy(`${words} Nothing was done.`, "Sign in again.", { cause });
}

function unreachable(cause: unknown): UpstreamError {
  return new UpstreamError(
    "The sign-in provider can't be reached, or is not the one that is configured.",
    "Try again; the owner of this installation checks PIPEWRIGHT_OIDC_ISSUER.",
    "unreachable",
    true,
    false,
    null,
    { cause },
  );
}
