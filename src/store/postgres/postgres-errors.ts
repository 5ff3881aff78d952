import { ConfigError, type PipewrightError, UpstreamError } from "../../core/errors.js";

/** SQLSTATE, or the operating system's word for a network failure; null when the error carries none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Wrong for good until somebody changes it; everything else may pass. */
export function isFinal(error: unknown): boolean {
  if (error instanceof ConfigError) return true;
  const code = codeOf(error) ?? "";
  return /^(28|3D|42|22|0A)/.test(code);
}

/** A failure of the database in words for whoever runs it. Its own message stays in `cause`: it may quote rows. */
export function databaseError(cause: unknown, what = "nothing was changed"): PipewrightError {
  if (cause instanceof ConfigError || cause instanceof UpstreamError) return cause;
  const code = codeOf(cause) ?? "";
  if (code.startsWith("28")) {
    return new ConfigError(
      `PostgreSQL refused the login; ${what}.`,
      "Check user and password in DATABASE_URL, and the server's pg_hba.conf.",
      { cause },
    );
  }
  if (code === "3D000") {
    return new ConfigError(
      `The database that DATABASE_URL names does not exist; ${what}.`,
      "Create it, or mend the name behind the last / of DATABASE_URL.",
      { cause },
    );
  }
  if (code === "42501") {
    return new ConfigError(
      `The user of DATABASE_URL lacks rights in the database; ${what}.`,
      "Let it create a schema (GRANT CREATE ON DATABASE … TO …), or make it the owner of the schema pipewright.",
      { cause },
    );
  }
  if (code === "53100" || code === "53200") {
    const lacks = code === "53100" ? "disk space" : "memory";
    return unreachable(`PostgreSQL has no ${lacks} left; ${what}.`, "Give the server more.", cause);
  }
  if (/^(42|22|0A|23)/.test(code)) {
    return new ConfigError(
      `PostgreSQL refused a statement (${code}); ${what}.`,
      "The schema pipewright does not look as this version left it; restore it from a backup, or report this.",
      { cause },
    );
  }
  return unreachable(
    `PostgreSQL can't be reached${code === "" ? "" : ` (${code})`}; ${what}.`,
    "Check that the server runs and that DATABASE_URL names its address; it is tried again.",
    cause,
  );
}

function unreachable(message: string, fix: string, cause: unknown): UpstreamError {
  return new UpstreamError(message, fix, "unreachable", true, false, null, { cause });
}
