import type { TaskRef } from "../../core/airflow.js";
import { UpstreamError } from "../../core/errors.js";
import type { LogInput } from "../../core/ports.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { addressesOf } from "./addresses.js";

/** One try's log of Airflow 3 as it comes: NDJSON from 3.0.2 on, JSON before. `full_content` also gathers logs that are stored in pages. */
export async function readTaskLog(
  http: Http,
  credentials: Credentials,
  ref: TaskRef,
  tryNumber: number,
): Promise<LogInput> {
  const path = `${addressesOf("v2").taskPath(ref)}/logs/${tryNumber}`;
  const query = { map_index: ref.mapIndex, full_content: true };
  const ask = (accept: string) => http.stream(path, { query, credentials, headers: { accept } });
  const stream = await ask("application/x-ndjson").catch((error: unknown) => {
    if (error instanceof UpstreamError && error.status === 406) return ask("application/json");
    throw error;
  });
  return {
    name: logName(ref, tryNumber),
    tryNumber,
    format: stream.contentType.includes("ndjson") ? "v2-ndjson" : "v2-json",
    bytes: stream.bytes,
  };
}

export function logName(ref: TaskRef, tryNumber: number): string {
  return `${ref.dagId}/${ref.taskId}${ref.mapIndex >= 0 ? `[${ref.mapIndex}]` : ""} try ${tryNumber}`;
}
