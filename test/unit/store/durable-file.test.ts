import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDurableFile } from "../../../src/store/lowdb/durable-file.js";
import { listLogger } from "../../fixtures/list-logger.js";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipewright-file-"));
  path = join(folder, "world.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a durable file", () => {
  it("is nothing before the first save, and the last value after it", async () => {
    const file = createDurableFile<{ day: number }>(path);
    expect(await file.load()).toBeNull();
    await file.save({ day: 1 });
    await file.save({ day: 2 });
    expect(await createDurableFile<{ day: number }>(path).load()).toEqual({ day: 2 });
  });

  it("goes back to the copy before when the file is torn, keeps the torn one and says so", async () => {
    const file = createDurableFile<{ day: number }>(path);
    await file.save({ day: 1 });
    await file.save({ day: 2 });
    await writeFile(path, '{"day":');
    const logger = listLogger();
    expect(await createDurableFile<{ day: number }>(path, { logger }).load()).toEqual({ day: 1 });
    expect(logger.lines.join()).toContain("went back to the copy before it");
    expect(await readFile(`${path}.unreadable`, "utf8")).toBe('{"day":');
    expect(await createDurableFile<{ day: number }>(path).load()).toEqual({ day: 1 });
  });

  it("refuses to start from nothing when both copies are unreadable", async () => {
    const file = createDurableFile<{ day: number }>(path);
    await file.save({ day: 1 });
    await file.save({ day: 2 });
    await writeFile(path, "");
    await writeFile(`${path}.last`, "");
    await expect(createDurableFile(path).load()).rejects.toMatchObject({ code: "config" });
    expect(await readdir(folder)).toContain("world.json");
  });

  it("takes no notice of a temporary file that a crash left", async () => {
    const file = createDurableFile<{ day: number }>(path);
    await file.save({ day: 1 });
    await writeFile(`${path}.new`, '{"da');
    expect(await createDurableFile<{ day: number }>(path).load()).toEqual({ day: 1 });
    await file.save({ day: 2 });
    expect(await file.load()).toEqual({ day: 2 });
  });
});
