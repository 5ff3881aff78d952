import { constants } from "node:fs";
import { copyFile, link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ConfigError } from "../../core/errors.js";
import type { Logger } from "../../core/ports.js";

/** One value in one file. `save` resolves when the value survives kill -9 and power loss; callers do not save twice at once. */
export interface DurableFile<T> {
  load(): Promise<T | null>;
  save(value: T): Promise<void>;
}

export interface DurableFileOptions<T> {
  readonly stringify?: (value: T) => string;
  /** Throws when the text is not a whole value; the last good copy is taken then. */
  readonly parse?: (text: string) => T;
  readonly logger?: Logger;
}

/** Keeps `path` and, as `path.last`, the version before it. */
export function createDurableFile<T>(path: string, options: DurableFileOptions<T> = {}): DurableFile<T> {
  const stringify = options.stringify ?? ((value: T) => JSON.stringify(value));
  const parse = options.parse ?? ((text: string) => JSON.parse(text) as T);
  const last = `${path}.last`;

  return {
    async load() {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const text = await readIfThere(path);
      if (text !== null) {
        try {
          return parse(text);
        } catch (cause) {
          return recover(cause);
        }
      }
      return (await readIfThere(last)) === null ? null : recover(null);
    },

    async save(value) {
      const temporary = `${path}.new`;
      await writeSynced(temporary, stringify(value));
      await keepAsLast(path, last);
      await rename(temporary, path);
      await syncFolder(dirname(path));
    },
  };

  async function recover(cause: unknown): Promise<T> {
    const kept = `${path}.unreadable`;
    const text = await readIfThere(last);
    let value: T;
    try {
      if (text === null) throw new Error("there is no earlier copy");
      value = parse(text);
    } catch (second) {
      throw new ConfigError(
        `${path} can't be read, and neither can its earlier copy ${basename(last)}; nothing was changed.`,
        `Restore it from a backup, or move both files away to start empty.`,
        { cause: cause ?? second },
      );
    }
    if (cause !== null) await rename(path, kept);
    await copyFile(last, `${path}.new`);
    await rename(`${path}.new`, path);
    await syncFolder(dirname(path));
    options.logger?.error(
      { file: path, kept: cause === null ? null : kept },
      `${basename(path)} could not be read; went back to the copy before it. The last write may be missing; the unreadable file is kept as ${basename(kept)}.`,
    );
    return value;
  }
}

async function keepAsLast(path: string, last: string): Promise<void> {
  const next = `${last}.new`;
  await rm(next, { force: true });
  try {
    await link(path, next);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    // Some file systems have no hard links.
    await copyFile(path, next, constants.COPYFILE_FICLONE);
  }
  await rename(next, last);
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable only when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  // Windows can't open a folder.
  const folder = await open(path, "r").catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
