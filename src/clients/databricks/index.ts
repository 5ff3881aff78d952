import type { DatabricksConnectionConfig } from "../../config/config.js";
import type { DatabricksReader, DatabricksWriter } from "../../core/ports.js";
import { createHttp, type HttpDeps } from "../http.js";
import { createDatabricksCredentials } from "./auth.js";
import { createDatabricksReader } from "./reader.js";
import { explainDatabricks, interpretDatabricks } from "./words.js";
import { createDatabricksWriter } from "./writer.js";

export interface DatabricksClient {
  readonly reader: DatabricksReader;
  /** null without write credentials: such a workspace is diagnosed only. */
  readonly writer: DatabricksWriter | null;
  close(): void;
}

/** One Databricks workspace; reading and writing use their own credentials. Nothing is sent until a method is called. */
export function createDatabricks(config: DatabricksConnectionConfig, deps: HttpDeps): DatabricksClient {
  const { name, host, read, write } = config;
  const target = {
    system: "Databricks",
    connection: name,
    baseUrl: host,
    interpret: interpretDatabricks,
    explain: explainDatabricks,
  };
  const http = createHttp(target, deps);
  const reading = createDatabricksCredentials(read, name, http, deps.clock);
  const writing = write === null ? null : createDatabricksCredentials(write, name, http, deps.clock);
  return {
    reader: createDatabricksReader(name, host, http, reading),
    writer: writing === null ? null : createDatabricksWriter(name, http, writing),
    close: () => http.close(),
  };
}
