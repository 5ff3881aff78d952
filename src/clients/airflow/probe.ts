import { UpstreamError } from "../../core/errors.js";
import type { Logger } from "../../core/ports.js";
import type { Http } from "../http.js";
import { wireVersion } from "./schema.js";

/** Knows which Airflow answers; deployments are upgraded, moved and rolled back while we run. */
export interface Probe {
  /** Asks the server; UpstreamError for a version this client does not speak. */
  version(): Promise<string>;
  /** Runs a call; when the server does not know the address, it is asked again who it is, so that the error says that. */
  watch<Value>(call: () => Promise<Value>): Promise<Value>;
}

export function createProbe(http: Http, connection: string, logger: Logger): Probe {
  let last: string | null = null;

  async function version(): Promise<string> {
    const found = await http.read("/api/v2/version", wireVersion).catch(async (error: unknown) => {
      if (!isUnknownAddress(error)) throw error;
      const older = await http.read("/api/v1/version", wireVersion).catch(() => null);
      if (older === null) throw error;
      throw new UpstreamError(
        `Airflow ${connection} runs version ${older.version.slice(0, 20)}, which Pipewright can't watch yet: it needs Airflow 3.`,
        "Upgrade it, or diagnose saved files with `pipewright diagnose --case`.",
        "rejected",
        false,
        false,
      );
    });
    if (last !== null && last !== found.version)
      logger.info(
        { connection, from: last, to: found.version },
        "this Airflow changed its version while we were running",
      );
    last = found.version;
    return found.version;
  }

  return {
    version,
    watch: async (call) => {
      try {
        return await call();
      } catch (error) {
        if (isUnknownAddress(error)) await version();
        throw error;
      }
    },
  };
}

function isUnknownAddress(error: unknown): boolean {
  return error instanceof UpstreamError && (error.status === 404 || error.status === 410);
}
