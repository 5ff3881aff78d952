import type { RequestHandler } from "express";
import { refuse } from "./refuse.js";

/**
 * Refuses what another origin's page sent: DNS rebinding and plain cross-site requests. Programs send no Origin; a page
 * of the endpoint's own host, whose name the Host list has let through, may ask.
 */
export function guardOrigin(allowed: readonly string[]): RequestHandler {
  const known = new Set(allowed.map((origin) => origin.toLowerCase()));
  return (request, response, next) => {
    const { origin, host } = request.headers;
    if (origin === undefined || known.has(origin.toLowerCase()) || hostOf(origin) === host?.toLowerCase())
      return next();
    refuse(response, 403, "A page of an origin that is not on the list sent this; nothing was done.");
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
