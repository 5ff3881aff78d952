import type { DatabricksRun } from "../../core/databricks.js";
import { InputError } from "../../core/errors.js";
import type { DatabricksReader } from "../../core/ports.js";
import { isNotFound } from "../gathering/gaps.js";
import type { ToolPorts } from "../ports.js";
import { databricksReaders } from "./connection.js";
import { linkIn, parseLink } from "./parse-link.js";

export interface FoundJobRun {
  readonly reader: DatabricksReader;
  readonly run: DatabricksRun;
}

/** A job or task run by its id or pasted address; without a connection every workspace is asked. */
export async function findJobRun(ports: ToolPorts, connection: string | undefined, text: string): Promise<FoundJobRun> {
  const url = linkIn(text);
  const link = url ? parseLink(url, ports) : null;
  const runId = link?.system === "databricks" ? link.runId : text.trim();
  if (!/^\d{1,20}$/.test(runId)) {
    throw new InputError(
      `"${text.slice(0, 80)}" is not a Databricks run.`,
      "Give a run id (digits) or the run's address.",
    );
  }
  const readers = databricksReaders(ports, link?.system === "databricks" ? link.connection : connection);
  let missing: unknown;
  for (const reader of readers) {
    try {
      return { reader, run: await reader.run(runId) };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      missing = error;
    }
  }
  throw missing;
}
