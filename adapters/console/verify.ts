import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Why a state-changing request is not from our own page; null when it is. */
export type Refusal = { readonly code: "origin" | "token" | "media-type"; readonly message: string } | null;

export interface PageProof {
  /** Handed to the page by a same-origin read; new with every start. */
  readonly token: string;
  check(headers: IncomingHttpHeaders): Refusal;
}

/**
 * A browser sends Origin with every POST and lets no other origin read the token: both must fit.
 * Requests without an Origin (scripts) are refused too.
 */
export function createPageProof(): PageProof {
  const token = randomBytes(32).toString("base64url");
  const digest = sha256(token);
  return {
    token,
    check(headers) {
      if (!isOwnOrigin(headers)) {
        return { code: "origin", message: "This did not come from the console's own page; nothing was done." };
      }
      const given = headers["x-pipewright-token"];
      if (typeof given !== "string" || !timingSafeEqual(sha256(given), digest)) {
        return { code: "token", message: "The page is older than this Pipewright; nothing was done. Reload the page." };
      }
      if (!(headers["content-type"] ?? "").startsWith("application/json")) {
        return { code: "media-type", message: "The console reads JSON only; nothing was done." };
      }
      return null;
    },
  };
}

function isOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  if (headers["sec-fetch-site"] !== undefined && headers["sec-fetch-site"] !== "same-origin") return false;
  try {
    return new URL(origin).host === host.toLowerCase();
  } catch {
    return false;
  }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
