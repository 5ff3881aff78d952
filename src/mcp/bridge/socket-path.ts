import { createHash } from "node:crypto";
import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "../../core/errors.js";

/** macOS allows 104 bytes with the closing zero, Linux 108. */
const mostBytes = 100;
const socketName = "pipewright.sock";
const recordName = "socket.path";

const direct = (dataDir: string): string => join(resolve(dataDir), socketName);
const fits = (path: string): boolean => Buffer.byteLength(path) <= mostBytes;

/** Where the holder of a data folder listens. A folder whose path is too long for a socket gets one in `shortDir`, and notes where. */
export async function claimSocketPath(dataDir: string, shortDir: string): Promise<string> {
  const record = join(dataDir, recordName);
  const near = direct(dataDir);
  if (fits(near)) {
    await rm(record, { force: true });
    return near;
  }
  const folder = join(shortDir, `pipewright-${createHash("sha256").update(near).digest("hex").slice(0, 16)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const foreign = process.getuid !== undefined && found.uid !== process.getuid();
  if (!found.isDirectory() || foreign || (found.mode & 0o077) !== 0) {
    throw new ConfigError(
      `${folder} belongs to somebody else or is open to others; nothing listens there.`,
      "Delete that folder, or set PIPEWRIGHT_DATA_DIR to a shorter path.",
    );
  }
  const path = join(folder, "s");
  await writeFile(record, path, { mode: 0o600 });
  return path;
}

/** Where the holder listens, as it noted; null when no holder ever did. */
export async function findSocketPath(dataDir: string): Promise<string | null> {
  const near = direct(dataDir);
  if (fits(near)) return near;
  try {
    return (await readFile(join(dataDir, recordName), "utf8")).trim();
  } catch {
    return null;
  }
}
