import { ConfigError } from "../../core/errors.js";
import type { Session } from "./connection.js";
import { migrations, newestVersion } from "./migrations.js";

/** pg_current_xact_id and pg_xact_status came with 13. */
const oldestServer = 130_000;
/** An arbitrary number of ours: of several replicas that start at once one migrates. */
const migrationLock = 4_711_003;

/** Brings the schema to this version; throws ConfigError when the server is too old or the schema is a newer program's. */
export async function migrate(client: Session): Promise<void> {
  const { rows } = await client.query<{ number: number; words: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as words",
  );
  const server = rows[0];
  if (server === undefined || server.number < oldestServer) {
    throw new ConfigError(
      `PostgreSQL ${server?.words ?? "?"} is too old; nothing was changed.`,
      "Use version 13 or newer.",
    );
  }
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
  const from = await schemaVersion(client);
  mindVersion(from);
  // Who may use an existing schema need not be allowed to create one.
  if (from === null) await client.query("create schema if not exists pipewright");
  for (const { version, sql } of migrations) {
    if (version <= (from ?? 0)) continue;
    await client.query(sql);
    await client.query("update pipewright.state set schema_version = $1", [version]);
  }
  await client.query("commit");
}

/** null before the first start. */
export async function schemaVersion(client: Session): Promise<number | null> {
  const there = await client.query<{ found: boolean }>("select to_regclass('pipewright.state') is not null as found");
  if (there.rows[0]?.found !== true) return null;
  const state = await client.query<{ version: number }>("select schema_version as version from pipewright.state");
  return state.rows[0]?.version ?? 0;
}

/** A newer program may have changed what this one does not know; writing beside it would lose that. */
export function mindVersion(version: number | null): void {
  if (version === null || version <= newestVersion) return;
  throw new ConfigError(
    `The database was migrated by a newer Pipewright (schema ${version}, this one knows ${newestVersion}); nothing was changed.`,
    "Update this Pipewright, or restore the database from before the update.",
  );
}
