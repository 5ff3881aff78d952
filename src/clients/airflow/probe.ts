import { UpstreamError } from "../../core/errors.js";
import type { Logger } from "../../core/ports.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import type { ApiVersion } from "./addresses.js";
import { wireVersion } from "./schema.js";

/** Knows which Airflow answers; deployments are upgraded, moved and rolled back while we run. */
export interface Probe {
  /** Asks the server; UpstreamError for a version this client does not speak. */
  version(): Promise<string>;
  /** The API it speaks: asked once and kept until an address turns out to be gone. */
  api(): Promise<ApiVersion>;
  /** The API it spoke last; v2 before it was ever asked. */
  lastApi(): ApiVersion;
  /** Runs a read by that API; when the server does not know the address, it is asked again who it is, and read by the other API then. */
  read<Value>(call: (api: ApiVersion) => Promise<Value>): Promise<Value>;
  /** Runs a write once; what it failed with is told, whoever answers now. */
  write<Value>(call: (api: ApiVersion) => Promise<Value>): Promise<Value>;
  /** The same over an iteration: it may fail at any page. */
  iterate<Item>(start: (api: ApiVersion) => AsyncIterable<Item>): AsyncGenerator<Item>;
}

interface Found {
  readonly api: ApiVersion;
  readonly version: string;
}

/** Tries of a task and why it waits can be read from 2.10 on. */
const oldestMinorOf2 = 10;

/** `credentials` are those that need not know the version: some deployments let nobody in without them. */
export function createProbe(http: Http, connection: string, logger: Logger, credentials: Credentials | null): Probe {
  const options = credentials === null ? {} : { credentials };
  let last: Found | null = null;
  let underWay: Promise<Found> | null = null;

  function find(): Promise<Found> {
    underWay ??= ask().finally(() => {
      underWay = null;
    });
    return underWay;
  }

  async function ask(): Promise<Found> {
    const found = await http
      .read("/api/v2/version", wireVersion, options)
      .then(({ version }): Found => ({ api: "v2", version }))
      .catch((error: unknown) => {
        if (isUnknownAddress(error)) return askAirflow2();
        throw error;
      });
    if (last !== null && last.version !== found.version)
      logger.info(
        { connection, from: last.version, to: found.version },
        "this Airflow changed its version while we were running",
      );
    last = found;
    return found;
  }

  async function askAirflow2(): Promise<Found> {
    const { version } = await http.read("/api/v1/version", wireVersion, options).catch((error: unknown) => {
      if (!isUnknownAddress(error)) throw error;
      throw refused(
        `answers neither as Airflow 3 (/api/v2/version) nor as Airflow 2 (/api/v1/version).`,
        "Check the connection's address: another program may answer there, or the path in front may be missing.",
        "not_found",
      );
    });
    const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
    if (major === 2 && minor >= oldestMinorOf2) return { api: "v1", version };
    throw refused(
      `runs version ${version.slice(0, 20)}, which Pipewright can't watch: it needs Airflow 2.${oldestMinorOf2} or later.`,
      "Upgrade it, or diagnose saved files with `pipewright diagnose --case`.",
      "rejected",
    );
  }

  function refused(words: string, fix: string, reason: "not_found" | "rejected"): UpstreamError {
    return new UpstreamError(`Airflow ${connection} ${words}`, fix, reason, false, false);
  }

  const known = async (): Promise<ApiVersion> => (last ?? (await find())).api;

  /** Asks again after an unknown address: the other API, or the error that was met when it is still the same. */
  async function otherApi(api: ApiVersion, error: unknown): Promise<ApiVersion> {
    if (!isUnknownAddress(error)) throw error;
    const now = (await find()).api;
    if (now === api) throw error;
    return now;
  }

  return {
    version: async () => (await find()).version,
    api: known,
    lastApi: () => last?.api ?? "v2",
    read: async (call) => {
      const api = await known();
      try {
        return await call(api);
      } catch (error) {
        return call(await otherApi(api, error));
      }
    },
    write: async (call) => {
      const api = await known();
      try {
        return await call(api);
      } catch (error) {
        // Only so that the next request knows better.
        if (isUnknownAddress(error)) await find().catch(() => undefined);
        throw error;
      }
    },
    async *iterate(start) {
      const api = await known();
      let begun = false;
      try {
        for await (const item of start(api)) {
          begun = true;
          yield item;
        }
      } catch (error) {
        const other = await otherApi(api, error);
        if (begun) throw error;
        yield* start(other);
      }
    },
  };
}

function isUnknownAddress(error: unknown): boolean {
  return error instanceof UpstreamError && (error.status === 404 || error.status === 410);
}
