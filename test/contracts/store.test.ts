import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createIds } from "../../src/store/ids.js";
import { openFileStore } from "../../src/store/lowdb/file-store.js";
import { movedClock } from "../fixtures/moved-clock.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { storeContract } from "./store-suite.js";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

storeContract("the file store", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "pipewright-store-"));
  folders.push(dataDir);
  const clock = movedClock("2026-03-01T08:00:00Z");
  const ids = createIds(randomBytes, clock);
  return { open: () => openFileStore({ dataDir, clock, ids, logger: silentLogger }) };
});
