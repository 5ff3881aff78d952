import { z } from "zod";
import type { XComEntry } from "../../core/airflow.js";
import { readBody } from "../wire-fields.js";
import { xcomEntry } from "./map.js";

const collection = z.object({ xcom_entries: z.array(xcomEntry) });
const byKey = z.record(z.string(), z.unknown());

/**
 * XCom of one task from a file: the API's collection, one entry, a list of entries, or a map of key to value.
 * `taskId` names the task where the body does not.
 */
export function parseXcom(body: unknown, taskId: string): XComEntry[] {
  return (asEntries(body) ?? asMap(body, taskId)).map((entry) => (entry.taskId === "" ? { ...entry, taskId } : entry));
}

/** XCom of other tasks of the run: any form above, or a map of task id to one of them. */
export function parseOtherXcom(body: unknown): XComEntry[] {
  const entries = asEntries(body);
  if (entries !== null) return entries;
  return Object.entries(readBody(body, byKey, "XCom by task")).flatMap(([taskId, inner]) =>
    isContainer(inner) ? parseXcom(inner, taskId) : [{ key: taskId, value: inner ?? null, taskId: "" }],
  );
}

function asEntries(body: unknown): XComEntry[] | null {
  const whole = collection.safeParse(body);
  if (whole.success) return whole.data.xcom_entries;
  const entries = z.array(xcomEntry).safeParse(body);
  if (entries.success) return entries.data;
  if (typeof body !== "object" || body === null || !("key" in body) || !("value" in body)) return null;
  const single = xcomEntry.safeParse(body);
  return single.success ? [single.data] : null;
}

function asMap(body: unknown, taskId: string): XComEntry[] {
  const map = readBody(body, byKey, "a task's XCom");
  return Object.entries(map).map(([key, value]) => ({ key, value: value ?? null, taskId }));
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
