import { join } from "node:path";
import { ConfigError } from "../../core/errors.js";
import type { Identity } from "../../core/store.js";
import { readIfThere } from "./durable-file.js";
import { parseHotData } from "./hot-data.js";

/** Who the aliases of a data folder stand for, read beside whoever holds it: the file is only ever replaced whole. */
export async function readIdentities(dataDir: string): Promise<readonly Identity[]> {
  const path = join(dataDir, "store.json");
  const text = await readIfThere(path);
  if (text === null) return [];
  try {
    return [...parseHotData(text).tables.identities.values()] as Identity[];
  } catch (cause) {
    throw new ConfigError(`${path} can't be read.`, "Start Pipewright once: it goes back to the copy before it.", {
      cause,
    });
  }
}
