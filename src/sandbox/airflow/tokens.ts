import { createHmac, timingSafeEqual } from "node:crypto";

/** 86400 s, the server's default `[api_auth] jwt_expiration_time`. */
const LIFETIME_S = 86_400;

export type AirflowRole = "Viewer" | "Op";

export interface AirflowUser {
  readonly username: string;
  readonly password: string;
  readonly role: AirflowRole;
}

function sign(secret: string, head: string): string {
  return createHmac("sha256", secret).update(head).digest("base64url");
}

export function writeToken(secret: string, user: AirflowUser, nowMs: number): string {
  const iat = Math.floor(nowMs / 1_000);
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({
    sub: user.username,
    role: user.role.toLowerCase(),
    iat,
    nbf: iat,
    exp: iat + LIFETIME_S,
  })}`;
  return `${head}.${sign(secret, head)}`;
}

/** Whose token it is; null when it is forged, cut or over. */
export function readToken(
  secret: string,
  users: readonly AirflowUser[],
  token: string,
  nowMs: number,
): AirflowUser | null {
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3) return null;
  const wanted = Buffer.from(sign(secret, `${head}.${body}`));
  const given = Buffer.from(signature);
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return null;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as { sub: string; exp: number };
  if (claims.exp * 1_000 <= nowMs) return null;
  return users.find((user) => user.username === claims.sub) ?? null;
}
