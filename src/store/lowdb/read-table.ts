import { join } from "node:path";
import { ConfigError } from "../../core/errors.js";
import type { RowOf, TableName } from "../rows.js";
import { readIfThere } from "./durable-file.js";
import { parseHotData } from "./hot-data.js";

/** The rows of one table in a data folder, read beside whoever holds it: the file is only ever replaced whole. */
export async function readTable<Name extends TableName>(dataDir: string, name: Name): Promise<readonly RowOf<Name>[]> {
  const path = join(dataDir, "store.json");
  const text = await readIfThere(path);
  if (text === null) return [];
  try {
    return [...parseHotData(text).tables[name].values()] as RowOf<Name>[];
  } catch (cause) {
    throw new ConfigError(`${path} can't be read.`, "Start Pipewright once: it goes back to the copy before it.", {
      cause,
    });
  }
}
