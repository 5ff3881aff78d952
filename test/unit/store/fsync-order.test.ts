import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";

const events = vi.hoisted(() => [] as string[]);

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return {
    ...real,
    open: async (path: string, flags: string, mode?: number) => {
      const file = await real.open(path, flags, mode);
      const name = path.endsWith(".new") ? "file" : "folder";
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        events.push(`fsync ${name}`);
      };
      return file;
    },
    rename: async (from: string, to: string) => {
      await real.rename(from, to);
      if (from.endsWith("store.json.new")) events.push("rename");
    },
  };
});

const { createDurableFile } = await import("../../../src/store/lowdb/durable-file.js");

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

it("a save is acknowledged after its bytes, and then its name, are on the disk", async () => {
  folder = await mkdtemp(join(tmpdir(), "pipewright-fsync-"));
  const file = createDurableFile<object>(join(folder, "store.json"));
  for (let save = 0; save < 3; save += 1) {
    events.length = 0;
    await file.save({ save });
    events.push("acknowledged");
    expect(events).toEqual(["fsync file", "rename", "fsync folder", "acknowledged"]);
  }
});
