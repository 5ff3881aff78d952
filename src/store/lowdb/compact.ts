import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchivedRow } from "./archive.js";
import { readIfThere, syncFolder } from "./durable-file.js";
import { parseHotData } from "./hot-data.js";

/**
 * Takes out of a data folder's files what its rows no longer say: older lines of the archive, and the copy of the store before
 * the last write. Only for whoever holds the folder's lock with its store closed.
 */
export async function compactFolder(dataDir: string): Promise<void> {
  const hotText = await readIfThere(join(dataDir, "store.json"));
  if (hotText === null) return;
  const hot = parseHotData(hotText);
  const path = join(dataDir, "archive.jsonl");
  const newest = new Map<string, { readonly line: string; readonly isGone: boolean }>();
  for (const line of ((await readIfThere(path)) ?? "").split("\n")) {
    if (line === "") continue;
    const { table, id, row } = JSON.parse(line) as ArchivedRow;
    newest.set(`${table}/${id}`, { line, isGone: row === null });
  }
  const lines: string[] = [];
  for (const [key, { line, isGone }] of newest) {
    const [table = "", id = ""] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    const isHot = table !== "audit" && hot.tables[table as keyof typeof hot.tables].has(id);
    if (!isGone && !isHot && !hot.gone.has(key)) lines.push(`${line}\n`);
  }
  const next = `${path}.new`;
  const file = await open(next, "w", 0o600);
  try {
    await file.writeFile(lines.join(""), "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  await rm(join(dataDir, "store.json.last"), { force: true });
  await syncFolder(dirname(path));
}
