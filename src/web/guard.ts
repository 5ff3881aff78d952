import type { RequestHandler, Response } from "express";

const loopbackNames = new Set(["localhost", "127.0.0.1", "[::1]"]);

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers for every answer of both listeners. */
export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy": contentSecurityPolicy,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  });
  next();
};

/**
 * Refuses a Host that is neither loopback nor configured (DNS rebinding: a stranger's page whose name was pointed at
 * 127.0.0.1), and any request another origin's page sent. Ports are not compared with the listener's: a forwarded
 * port is still this machine.
 */
export function guardConsole(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (request, response, next) => {
    const host = (request.headers.host ?? "").toLowerCase();
    const name = host.replace(/:\d{1,5}$/, "");
    if (!loopbackNames.has(name) && !allowed.has(name)) {
      return refuse(response, 421, "This address is not one of the console's own; open it as http://localhost.");
    }
    const origin = request.headers.origin;
    if (origin !== undefined && !sameHost(origin, host)) {
      return refuse(response, 403, "A page of another origin sent this; nothing was done.");
    }
    next();
  };
}

function sameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host.toLowerCase() === host;
  } catch {
    return false;
  }
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: message });
}
