import { InputError } from "../../core/errors.js";
import type { ToolPorts } from "../ports.js";

/** What an address copied from a browser points at. */
export type LinkTarget =
  | {
      readonly system: "airflow";
      readonly connection: string;
      readonly dagId: string;
      readonly runId: string | null;
      readonly taskId: string | null;
      readonly mapIndex: number;
      readonly tryNumber: number | null;
    }
  | { readonly system: "databricks"; readonly connection: string; readonly runId: string };

const address = /https?:\/\/[^\s<>"'|]{4,2000}/u;

/** The first web address in a text, or null. */
export function linkIn(text: string): URL | null {
  const found = address.exec(text)?.[0];
  if (found === undefined) return null;
  return URL.canParse(found) ? new URL(found) : null;
}

function whole(value: string | null | undefined): number | null {
  return value !== null && value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function decoded(part: string | undefined): string | null {
  if (part === undefined) return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function belongs(url: URL, base: string): boolean {
  const root = new URL(base);
  return url.host === root.host && url.pathname.startsWith(root.pathname.replace(/\/$/, ""));
}

function after(parts: readonly string[], word: string): string | null {
  const at = parts.indexOf(word);
  return at === -1 ? null : decoded(parts[at + 1]);
}

function airflowTarget(url: URL, connection: string): LinkTarget | null {
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const dagId = after(parts, "dags") ?? url.searchParams.get("dag_id");
  if (dagId === null) return null;
  const mapped = after(parts, "mapped") ?? url.searchParams.get("map_index");
  return {
    system: "airflow",
    connection,
    dagId,
    runId: after(parts, "runs") ?? url.searchParams.get("dag_run_id"),
    taskId: after(parts, "tasks") ?? url.searchParams.get("task_id"),
    mapIndex: whole(mapped) ?? -1,
    tryNumber: whole(url.searchParams.get("try_number")),
  };
}

function databricksRunId(url: URL): string | null {
  const places = [...url.pathname.split("/"), ...url.hash.replace(/^#/, "").split("/")];
  const at = places.findLastIndex((place) => place === "runs" || place === "run");
  const id = at === -1 ? undefined : places[at + 1];
  return id !== undefined && /^\d{1,20}$/.test(id) ? id : null;
}

/** Reads an Airflow or Databricks address of a configured connection; InputError says what is wrong with any other. */
export function parseLink(url: URL, ports: ToolPorts): LinkTarget {
  for (const [connection, { reader }] of ports.connections.airflow) {
    const target = belongs(url, reader.baseUrl) ? airflowTarget(url, connection) : null;
    if (target) return target;
  }
  for (const [connection, { reader }] of ports.connections.databricks) {
    const runId = belongs(url, reader.baseUrl) ? databricksRunId(url) : null;
    if (runId !== null) return { system: "databricks", connection, runId };
  }
  const known = [...ports.connections.airflow.values(), ...ports.connections.databricks.values()];
  throw new InputError(
    `The address on ${url.host} is not a DAG, task or run of a configured connection.`,
    `Paste one from ${known.map((entry) => new URL(entry.reader.baseUrl).host).join(" or ")}, or name the DAG.`,
  );
}
