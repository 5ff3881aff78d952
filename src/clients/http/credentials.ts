import { execFile } from "node:child_process";
import type { Secret } from "../../config/config.js";
import { ConfigError } from "../../core/errors.js";
import type { Clock } from "../../core/ports.js";
import type { Credentials } from "./target.js";

/** A token and the moment it ends; null when that is not known, then it is kept until it is refused. */
export interface Token {
  readonly value: string;
  readonly expiresAt: Date | null;
}

/** A token that an administrator put into a setting or its file. */
export function fixedToken(token: Secret): Credentials {
  let current: string | null = null;
  return {
    setting: token.name,
    header: async () => {
      current ??= token.read();
      return `Bearer ${current}`;
    },
    renew: async () => {
      const before = current;
      current = token.read();
      return current !== before;
    },
  };
}

/** A token that is fetched, kept, and fetched again shortly before it ends or once it is refused. */
export function fetchedToken(
  setting: string,
  fetchToken: () => Promise<Token>,
  clock: Clock,
  earlyMs: number,
): Credentials {
  let current: Token | null = null;
  let underWay: Promise<Token> | null = null;
  const usable = (token: Token | null): token is Token =>
    token !== null && (token.expiresAt === null || token.expiresAt.getTime() - earlyMs > clock.now().getTime());
  return {
    setting,
    header: async () => {
      if (usable(current)) return `Bearer ${current.value}`;
      underWay ??= fetchToken().finally(() => {
        underWay = null;
      });
      current = await underWay;
      return `Bearer ${current.value}`;
    },
    renew: async () => {
      current = null;
      return true;
    },
  };
}

/** A command line that prints a token, e.g. a cloud's own tool. Its other output is not shown: it may hold secrets. */
export function commandToken(connection: string, command: readonly string[], clock: Clock): Credentials {
  const [program, ...args] = command;
  const setting = `the command that prints a token for ${connection}`;
  const run = (): Promise<Token> =>
    new Promise((resolve, reject) => {
      if (program === undefined) throw new ConfigError(`${setting} is empty.`, "Write it as a list of words.");
      execFile(program, args, { timeout: 30_000, maxBuffer: 64 * 1024 }, (error, stdout) => {
        const value = stdout.trim();
        if (error === null && /^[\x21-\x7e]+$/.test(value)) return resolve({ value, expiresAt: expiryOfJwt(value) });
        const why = error === null ? "printed no single token" : `ended with ${String(error.code ?? error.signal)}`;
        reject(new ConfigError(`${program}, ${setting}, ${why}.`, "Run it by hand as the user Pipewright runs as."));
      });
    });
  return fetchedToken(setting, run, clock, 60_000);
}

/** The `exp` of a JSON Web Token; null for any other token. */
export function expiryOfJwt(token: string): Date | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null || !("exp" in claims) || typeof claims.exp !== "number")
      return null;
    return new Date(claims.exp * 1000);
  } catch {
    return null;
  }
}
