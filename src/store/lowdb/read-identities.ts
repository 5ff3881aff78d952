import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../../core/errors.js";
import type { Identity } from "../../core/store.js";
import { codeOf } from "./durable-file.js";
import { parseHotData } from "./hot-data.js";

/** Who the aliases of a data folder stand for, read beside whoever holds it: the file is only ever replaced whole. */
export async function readIdentities(dataDir: string): Promise<readonly Identity[]> {
  const path = join(dataDir, "store.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  try {
    return [...parseHotData(text).tables.identities.values()] as Identity[];
  } catch (cause) {
    throw new ConfigError(`${path} can't be read.`, "Start Pipewright once: it goes back to the copy before it.", {
      cause,
    });
  }
}
