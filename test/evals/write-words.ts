import { writeFileSync } from "node:fs";
import { learnWords, packWords } from "./learn-words.js";
import { lessonsOf, teachers } from "./lessons.js";
import { taughtBy } from "./taught-by.js";

/** `npm run evals:words`: learns the word model anew and writes it where the engine reads it. */
const target = "src/core/rca/words/weights.ts";

const lessons = [...(await lessonsOf(teachers)).values()].flat();
const packed = packWords(learnWords(lessons), taughtBy());
const { lines, ...rest } = packed;
const head = Object.entries(rest).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
const body = lines.map((line) => `    ${JSON.stringify(line)},`);
const text = [
  'import type { PackedWords } from "./unpack.js";',
  "",
  "/** Written by `npm run evals:words`, never by hand. */",
  "export const packedWords: PackedWords = {",
  ...head,
  "  lines: [",
  ...body,
  "  ],",
  "};",
  "",
].join("\n");
writeFileSync(target, text);
process.stdout.write(
  `${lessons.length} failures, ${lines.length} words and pairs, ${Math.round(text.length / 1024)} KiB to ${target}\n`,
);
