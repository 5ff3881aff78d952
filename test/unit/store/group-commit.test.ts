import { describe, expect, it } from "vitest";
import { createGroupCommit } from "../../../src/store/lowdb/group-commit.js";

function gate() {
  const writes: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const started: (() => void)[] = [];
  const write = () =>
    new Promise<void>((resolve, reject) => {
      writes.push({ resolve, reject });
      started.shift()?.();
    });
  const next = () => new Promise<void>((resolve) => started.push(resolve));
  return { writes, write, next };
}

describe("a group commit", () => {
  it("acknowledges nobody before the write that holds their change is done", async () => {
    const { writes, write, next } = gate();
    const commits = createGroupCommit(write, (error) => error);
    const acknowledged: string[] = [];
    const begun = next();
    const first = [1, 2, 3].map((n) => commits.commit(() => undefined).then(() => acknowledged.push(`first ${n}`)));
    await begun;
    const second = commits.commit(() => undefined).then(() => acknowledged.push("second"));
    expect(acknowledged).toEqual([]);
    const begunAgain = next();
    writes[0]?.resolve();
    await Promise.all(first);
    expect(acknowledged).toEqual(["first 1", "first 2", "first 3"]);
    await begunAgain;
    writes[1]?.resolve();
    await second;
    expect(writes).toHaveLength(2);
  });

  it("undoes, newest first, what a failed write leaves off the disk, and tells everybody", async () => {
    const { writes, write, next } = gate();
    const commits = createGroupCommit(write, () => new Error("disk full"));
    const undone: string[] = [];
    const begun = next();
    const first = commits.commit(() => undone.push("first"));
    await begun;
    const second = commits.commit(() => undone.push("second"));
    const third = commits.commit(() => undone.push("third"));
    const outcomes = Promise.allSettled([first, second, third]);
    writes[0]?.reject(new Error("ENOSPC"));
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(undone).toEqual(["third", "second", "first"]);
    const begunAgain = next();
    const later = commits.commit(() => undone.push("later"));
    await begunAgain;
    writes[1]?.resolve();
    await later;
    expect(undone).not.toContain("later");
  });
});
