import type { AirflowConnectionConfig } from "../../config/config.js";
import type { AirflowReader, AirflowWriter, Logger } from "../../core/ports.js";
import { createHttp, type HttpDeps } from "../http.js";
import { createAirflowReader } from "./api-v2.js";
import { createAirflowCredentials } from "./auth.js";
import { createProbe } from "./probe.js";
import { explainAirflow, interpretAirflow } from "./words.js";
import { createAirflowWriter } from "./writer.js";

export interface AirflowClient {
  readonly reader: AirflowReader;
  /** null without write credentials: such a connection is diagnosed only. */
  readonly writer: AirflowWriter | null;
  close(): void;
}

/** One Airflow 3 deployment; reading and writing use their own credentials. Nothing is sent until a method is called. */
export function createAirflow(
  config: AirflowConnectionConfig,
  deps: HttpDeps & { readonly logger: Logger },
): AirflowClient {
  const { name, baseUrl, read, write } = config;
  const target = { system: "Airflow", connection: name, baseUrl, interpret: interpretAirflow, explain: explainAirflow };
  const http = createHttp(target, deps);
  const credentials = createAirflowCredentials(read, name, http, deps.clock);
  const probe = createProbe(http, name, deps.logger);
  return {
    reader: createAirflowReader({ connection: name, baseUrl, http, credentials, probe }),
    writer:
      write === null ? null : createAirflowWriter(name, http, createAirflowCredentials(write, name, http, deps.clock)),
    close: () => http.close(),
  };
}
