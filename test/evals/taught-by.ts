import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders with what the word model learns from. */
const taught = ["texts", "words", "unseen", "unseen-2", "unseen-3", "unseen-4", "unseen-5", "unseen-6"];

/** A fingerprint of every labelled failure that the word model is taught by: another one means that it must learn anew. */
export function taughtBy(): string {
  const hash = createHash("sha256");
  for (const folder of taught) {
    const names = readdirSync(`test/evals/${folder}`, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && one.name !== "README.md")
      .map((one) => join(one.parentPath, one.name))
      .sort();
    for (const name of names) hash.update(`${name}\n`).update(readFileSync(name));
  }
  return hash.digest("hex").slice(0, 16);
}
