import type { Request, Response } from "express";

const sessionName = "pipewright_session";
const outwardName = "pipewright_sign_in";
const outwardSeconds = 600;

/** The opaque value of one of our cookies; null when it is not there. */
function read(request: Pick<Request, "headers">, name: string): string | null {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at === -1 || part.slice(0, at).trim() !== name) continue;
    const value = part.slice(at + 1).trim();
    return /^[\w-]{20,100}$/.test(value) ? value : null;
  }
  return null;
}

const guarded = (secure: boolean) => ({ httpOnly: true, sameSite: "lax", secure }) as const;

export const readSession = (request: Pick<Request, "headers">): string | null => read(request, sessionName);
export const readOutward = (request: Pick<Request, "headers">): string | null => read(request, outwardName);

export function setSession(response: Response, value: string, secure: boolean): void {
  response.cookie(sessionName, value, { ...guarded(secure), path: "/" });
}

export function setOutward(response: Response, value: string, secure: boolean): void {
  response.cookie(outwardName, value, { ...guarded(secure), path: "/auth", maxAge: outwardSeconds * 1000 });
}

export function clearSession(response: Response, secure: boolean): void {
  response.clearCookie(sessionName, { ...guarded(secure), path: "/" });
}

export function clearOutward(response: Response, secure: boolean): void {
  response.clearCookie(outwardName, { ...guarded(secure), path: "/auth" });
}
