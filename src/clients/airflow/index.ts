import type { AirflowConnectionConfig } from "../../config/config.js";
import type { AirflowReader, AirflowWriter, Logger } from "../../core/ports.js";
import { createHttp, type HttpDeps } from "../http.js";
import { createAirflowCredentials } from "./auth.js";
import { createProbe } from "./probe.js";
import { createAirflowReader } from "./reader.js";
import { explainAirflow, interpretAirflow } from "./words.js";
import { createAirflowWriter } from "./writer.js";

export interface AirflowClient {
  readonly reader: AirflowReader;
  /** null without write credentials: such a connection is diagnosed only. */
  readonly writer: AirflowWriter | null;
  close(): void;
}

/** One Airflow deployment, 2.10 or later; reading and writing use their own credentials. Nothing is sent until a method is called. */
export function createAirflow(
  config: AirflowConnectionConfig,
  deps: HttpDeps & { readonly logger: Logger },
): AirflowClient {
  const { name, baseUrl, read, write } = config;
  const target = { system: "Airflow", connection: name, baseUrl, interpret: interpretAirflow, explain: explainAirflow };
  const http = createHttp(target, deps);
  const signIn = { connection: name, http, clock: deps.clock, api: () => probe.api() };
  const credentials = createAirflowCredentials(read, signIn);
  const probe = createProbe(http, name, deps.logger, read.kind === "airflow-login" ? null : credentials);
  return {
    reader: createAirflowReader({ connection: name, baseUrl, http, credentials, probe }),
    writer:
      write === null
        ? null
        : createAirflowWriter(name, { http, credentials: createAirflowCredentials(write, signIn) }, probe),
    close: () => http.close(),
  };
}
