import { benchColdStart } from "./cold-start.js";
import type { Figure } from "./figure.js";
import { benchVerdict } from "./verdict-2mb.js";

/** Every bench by the word that picks it: `npm run bench -- verdict`. */
const benches: Readonly<Record<string, () => Promise<Figure>>> = {
  verdict: benchVerdict,
  "cold-start": benchColdStart,
};

const wanted = process.argv.slice(2);
for (const [word, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(word)) continue;
  const { name, measured, target } = await bench();
  console.log(`${name}\n  measured ${measured}\n  target   ${target}`);
}
