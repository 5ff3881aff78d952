import { existsSync, readFileSync } from "node:fs";
import { ConfigError } from "../core/errors.js";
import type { Secret } from "./config.js";
import { settings } from "./settings.js";

/** The environment, with a `.env` of the working folder behind it (what is set outside wins); the only reader of `process.env`. */
export function processEnv(): Readonly<Record<string, string | undefined>> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}

/** One problem of the configuration: which setting, what is wrong, what to do. */
export interface Problem {
  readonly setting: string;
  readonly message: string;
  readonly fix: string;
}

/** Reads named values and collects every problem, so that one start shows all of them. */
export class Environment {
  readonly problems: Problem[] = [];

  constructor(private readonly values: Readonly<Record<string, string | undefined>>) {}

  /** The trimmed value; null when it is absent or empty. */
  text(name: string): string | null {
    const value = this.values[name]?.trim();
    return value ? value : null;
  }

  /** A secret from NAME or the file NAME_FILE; null when neither is set. */
  secret(name: string): Secret | null {
    const file = this.text(`${name}_FILE`);
    if (file !== null) return this.secretFile(`${name}_FILE`, file);
    const value = this.text(name);
    return value === null ? null : { name, read: () => value };
  }

  /** A secret that lives in a file and is read again when it was refused. */
  secretFile(setting: string, path: string): Secret | null {
    const read = (): string => {
      try {
        const value = readFileSync(path, "utf8").trim();
        if (value) return value;
      } catch (cause) {
        throw new ConfigError(`${setting} names a file that can't be read.`, "Check the path and its permissions.", {
          cause,
        });
      }
      throw new ConfigError(`${setting} names an empty file.`, "Write the secret into it.");
    };
    try {
      read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.problem(setting, error.message, error.fix);
      return null;
    }
    return { name: setting, read };
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const raw = this.text(name);
    if (raw === null) return fallback;
    const value = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.problem(
      name,
      `${name} is ${quote(raw)}, which is not a whole number from ${min} to ${max}.`,
      `Set it to ${fallback} or leave it out.`,
    );
    return fallback;
  }

  flag(name: string, fallback = false): boolean {
    const raw = this.text(name);
    if (raw === null) return fallback;
    if (raw === "0" || raw === "false") return false;
    if (raw === "1" || raw === "true") return true;
    this.problem(name, `${name} is ${quote(raw)}; it can be 1 or 0.`, "Set it to 1 to switch it on, or leave it out.");
    return fallback;
  }

  oneOf<const T extends string>(name: string, fallback: T, allowed: readonly T[]): T {
    const raw = this.text(name);
    if (raw === null) return fallback;
    const found = allowed.find((value) => value === raw);
    if (found !== undefined) return found;
    this.problem(
      name,
      `${name} is ${quote(raw)}; it can be ${allowed.join(", ")}.`,
      `Set it to ${fallback} or leave it out.`,
    );
    return fallback;
  }

  /** An http(s) address without query; a bare host is read as https. The trailing slash goes. */
  url(name: string, options: { readonly bareHost?: boolean } = {}): string | null {
    const raw = this.text(name);
    if (raw === null) return null;
    const parsed = parseHttpUrl(options.bareHost === true && !raw.includes("://") ? `https://${raw}` : raw);
    if (parsed !== null) return parsed;
    this.problem(
      name,
      `${name} is not a web address: ${quote(raw)}.`,
      "Write it like https://airflow.example.com, without user, password or query.",
    );
    return null;
  }

  /** A proxy may carry a user and password, which are secrets then. */
  proxy(name: string): string | null {
    const raw = this.text(name);
    if (raw === null || /^https?:\/\/[^/\s]+\/?$/.test(raw)) return raw;
    this.problem(name, `${name} is not the address of a proxy.`, "Write it like http://proxy.example.com:3128.");
    return null;
  }

  problem(setting: string, message: string, fix: string): void {
    this.problems.push({ setting, message, fix });
  }

  /** Names that look like ours and are not, with the nearest name that is: a typo must not be a silent default. */
  unknownNames(): readonly string[] {
    const known = new Set(settings.flatMap((setting) => [setting.name, `${setting.name}_FILE`]));
    return Object.keys(this.values).filter((name) => name.startsWith("PIPEWRIGHT_") && !known.has(name));
  }

  /** Settings of features that this version does not have. */
  tooEarly(): readonly { readonly name: string; readonly feature: string }[] {
    return settings.flatMap((setting) =>
      setting.later !== null && this.text(setting.name) !== null
        ? [{ name: setting.name, feature: setting.later }]
        : [],
    );
  }
}

/** `https://host[:port][/path]` without trailing slash, or null. */
export function parseHttpUrl(raw: string): string | null {
  let url: URL;
  try {
    url = new URL(raw);
  } catch {
    return null;
  }
  const plain = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!plain || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function quote(raw: string): string {
  return JSON.stringify(raw.length > 60 ? `${raw.slice(0, 60)}…` : raw);
}
