import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

/**
 * Work that never changes, for a ratio, in a process of its own so that its garbage is collected there and not while
 * something else is timed: `node --expose-gc reference-child.js FILE`, forked; told to begin, it answers in milliseconds.
 */
const text = readFileSync(process.argv[2] ?? "", "latin1");

process.on("message", () => {
  const started = performance.now();
  const lines = text.split("\n").sort();
  createHash("sha256").update(lines.join("\n")).digest();
  const ms = performance.now() - started;
  globalThis.gc?.();
  process.send?.(ms);
});
process.on("disconnect", () => process.exit(0));
