import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the word model comes from: how it counts, how it learns, and folders with labelled failures. */
const code = ["src/core/rca/words/features.ts", "test/evals/learn-words.ts", "test/evals/lessons.ts"];
const taught = readdirSync("test/evals", { withFileTypes: true }).filter((one) => one.isDirectory());

/** A fingerprint of all that the word model comes from: another one means that it must learn anew. */
export function taughtBy(): string {
  const hash = createHash("sha256");
  const texts = taught.flatMap(({ name: folder }) =>
    readdirSync(`test/evals/${folder}`, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && one.name !== "README.md")
      .map((one) => join(one.parentPath, one.name)),
  );
  for (const name of [...code, ...texts.sort()]) hash.update(`${name}\n`).update(readFileSync(name));
  return hash.digest("hex").slice(0, 16);
}
