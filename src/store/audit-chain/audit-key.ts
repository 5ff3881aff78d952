import { createHmac, randomBytes } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Mac } from "../../core/audit/chain.js";
import { ConfigError } from "../../core/errors.js";
import { readIfThere, syncFolder } from "../lowdb/durable-file.js";

/** 256 bits, as SHA-256 has. */
const keyBytes = 32;

export function macWith(key: string): Mac {
  return (text) => createHmac("sha256", key).update(text, "utf8").digest("hex");
}

/**
 * The key beside the chain, made once by the process that holds the data folder for the owner's eyes only: whoever can read it could write a chain anew, so a key from
 * elsewhere (PIPEWRIGHT_AUDIT_KEY) is the better one.
 */
export async function ownAuditKey(path: string): Promise<string> {
  const known = await readKey(path);
  if (known !== null) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const key = randomBytes(keyBytes).toString("hex");
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(`${key}\n`, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
  return key;
}

/** The key that is there already; null when no chain was begun. */
export async function readKey(path: string): Promise<string | null> {
  const key = (await readIfThere(path))?.trim();
  if (key === undefined) return null;
  if (key.length >= keyBytes) return key;
  throw new ConfigError(
    `The audit key ${path} is empty or cut off; the audit can't be continued.`,
    "Restore it from a backup, or set PIPEWRIGHT_AUDIT_KEY.",
  );
}
