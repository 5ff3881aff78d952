import pg from "pg";
import type { Clock } from "../../core/ports.js";
import { mindVersion, schemaVersion } from "./migrate.js";
import { newestVersion } from "./migrations.js";
import { databaseError } from "./postgres-errors.js";

/** What can be said of a database without changing it. */
export interface DatabaseReport {
  /** `PostgreSQL 18.4, schema 1`. */
  readonly words: string;
  /** Each says what to do. */
  readonly problems: readonly string[];
}

interface Answer {
  readonly version: string;
  readonly may_create: boolean;
  readonly fsync: string;
  readonly read_only: string;
  readonly now_ms: string;
}

/** Settle times are compared between replicas: a clock that is far off would read a request back while it is on its way. */
const mostSkewMs = 2_000;

/** Looks at the database for `doctor`; throws ConfigError or UpstreamError when it can't be used at all. */
export async function inspectPostgres(url: string, clock: Clock): Promise<DatabaseReport> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const asked = clock.now().getTime();
    const { rows } = await client.query<Answer>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
              has_database_privilege(current_database(), 'create') as may_create,
              current_setting('transaction_read_only') as read_only,
              (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now_ms`,
    );
    const answered = clock.now().getTime();
    const schema = await schemaVersion(client);
    mindVersion(schema);
    const [answer] = rows;
    if (answer === undefined) throw new Error("no answer");
    return {
      words: `PostgreSQL ${answer.version}, ${schema === null ? "not used yet" : `schema ${schema} of ${newestVersion}`}`,
      problems: problemsOf(answer, schema, (asked + answered) / 2),
    };
  } catch (error) {
    throw databaseError(error, "the rows can't be kept there");
  } finally {
    await client.end().catch(() => undefined);
  }
}

function problemsOf(answer: Answer, schema: number | null, now: number): readonly string[] {
  const skew = Math.abs(Number(answer.now_ms) - now);
  return [
    ...(schema === null && !answer.may_create
      ? ["The user of DATABASE_URL may not create a schema. GRANT CREATE ON DATABASE … TO …."]
      : []),
    ...(answer.read_only === "on" ? ["The server only reads (a standby?). Let DATABASE_URL name the primary."] : []),
    ...(answer.fsync === "off"
      ? ["The server runs with fsync off: an acknowledged decision can be lost. Switch it on."]
      : []),
    ...(skew > mostSkewMs
      ? [
          `This machine's clock is ${Math.round(skew / 1000)} s off the database's. Let both follow the same time server.`,
        ]
      : []),
  ];
}
