import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "../clients/json.js";
import { explainError } from "../core/errors.js";
import type { Redactor } from "../telemetry/redact.js";

/** The API bodies of a case folder, parsed, with every secret in them replaced. */
export interface CaseBodies {
  /** By file name without `.json`. */
  readonly byName: ReadonlyMap<string, unknown>;
  readonly warnings: readonly string[];
  readonly redactions: number;
}

export const bodyNames = [
  "task_instance",
  "dag_run",
  "task_instances",
  "tasks",
  "tries",
  "event_logs",
  "dependencies",
  "dag",
  "dag_details",
  "dag_warnings",
  "pools",
  "import_errors",
  "xcom",
  "other_tasks_xcom",
  "run",
  "run_output",
  "cluster_events",
  "inner_run",
  "inner_run_output",
  "databricks_responses",
] as const;
export type BodyName = (typeof bodyNames)[number];

/** Reads the named files of a folder; a missing one is normal, an unreadable one is a warning. */
export async function readBodies(
  files: readonly { readonly name: string; readonly path: string }[],
  redactor: Redactor,
): Promise<CaseBodies> {
  const byName = new Map<string, unknown>();
  const warnings: string[] = [];
  let redactions = 0;
  for (const { name, path } of files) {
    try {
      const safe = redactDeep(parseJson(await readFile(path, "utf8")), redactor);
      redactions += safe.count;
      byName.set(name, safe.value);
    } catch (error) {
      warnings.push(`${name}.json could not be read: ${explainError(error)}`);
    }
  }
  return { byName, warnings, redactions };
}

/** The body files that stand in a folder. */
export function bodyFiles(folder: string, names: readonly string[]): readonly { name: string; path: string }[] {
  return bodyNames
    .filter((name) => names.includes(`${name}.json`))
    .map((name) => ({ name, path: join(folder, `${name}.json`) }));
}

function redactDeep(value: unknown, redactor: Redactor): { value: unknown; count: number } {
  if (typeof value === "string") {
    const safe = redactor.redact(value);
    return { value: safe.text, count: safe.count };
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => redactDeep(item, redactor));
    return { value: items.map((item) => item.value), count: items.reduce((sum, item) => sum + item.count, 0) };
  }
  if (typeof value !== "object" || value === null) return { value, count: 0 };
  let count = 0;
  const entries = Object.entries(value).map(([key, inner]) => {
    const safe = redactDeep(inner, redactor);
    count += safe.count;
    return [key, safe.value] as const;
  });
  return { value: Object.fromEntries(entries), count };
}

/** Every text that stands in a body, for telling which body holds a quoted line. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(textsIn);
  return [];
}
