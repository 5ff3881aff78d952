import { createHash } from "node:crypto";
import type { AirflowUser } from "./airflow/tokens.js";
import type { DatabricksUser } from "./databricks/site.js";

/** Who may enter the sandbox: a reader and a writer on each side. They guard nothing real. */
export interface Credentials {
  readonly airflow: {
    readonly users: readonly AirflowUser[];
    readonly reader: AirflowUser;
    readonly writer: AirflowUser;
    readonly tokenSecret: string;
  };
  readonly databricks: {
    readonly users: readonly DatabricksUser[];
    readonly reader: DatabricksUser;
    readonly writer: DatabricksUser;
  };
}

export function credentialsOf(seed: number | string): Credentials {
  const secret = (what: string): string => createHash("sha256").update(`${seed}/${what}`).digest("hex").slice(0, 32);
  const reader: AirflowUser = { username: "pipewright-reader", password: secret("airflow reader"), role: "Viewer" };
  const writer: AirflowUser = { username: "pipewright-operator", password: secret("airflow writer"), role: "Op" };
  const principal = (name: string, mayWrite: boolean): DatabricksUser => ({
    userName: `${name}@sandbox.example`,
    token: `dapi${secret(`databricks ${name}`)}`,
    clientId: `${name}-client`,
    clientSecret: `dose${secret(`databricks ${name} client`)}`,
    mayWrite,
  });
  const jobsReader = principal("pipewright-reader", false);
  const jobsWriter = principal("pipewright-operator", true);
  return {
    airflow: { users: [reader, writer], reader, writer, tokenSecret: secret("airflow tokens") },
    databricks: { users: [jobsReader, jobsWriter], reader: jobsReader, writer: jobsWriter },
  };
}
