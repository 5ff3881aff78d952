import type { StoreTx } from "../core/store.js";

export const tableNames = ["incidents", "proposals", "outbox", "marks", "seen", "messages", "identities"] as const;
export type TableName = (typeof tableNames)[number];

export type RowOf<Name extends TableName> = Exclude<Awaited<ReturnType<StoreTx[Name]["get"]>>, null>;
export type AnyRow = { readonly id: string };

const jsonOf = new WeakMap<object, string>();

/** A frozen copy of a row exactly as it will be read after a restart; its JSON is remembered for the next commits. */
export function freezeRow<Row extends AnyRow>(row: Row): Row {
  const json = JSON.stringify(row);
  const copy = deepFreeze(JSON.parse(json) as Row);
  jsonOf.set(copy, json);
  return copy;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}

export function rowJson(row: AnyRow): string {
  const known = jsonOf.get(row);
  if (known !== undefined) return known;
  const json = JSON.stringify(row);
  jsonOf.set(row, json);
  return json;
}

/** True when every given top-level field of the row equals; lists and objects compare by their JSON. */
export function matches(row: object, match: object | undefined): boolean {
  if (match === undefined) return true;
  for (const [field, wanted] of Object.entries(match)) {
    const has = (row as Record<string, unknown>)[field];
    if (has === wanted) continue;
    if (typeof wanted !== "object" || wanted === null || JSON.stringify(has) !== JSON.stringify(wanted)) return false;
  }
  return true;
}
