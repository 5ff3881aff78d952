// TypeScript leaves files other than .ts behind: the console's page goes to dist by hand.
import { cpSync, chmodSync, existsSync } from "node:fs";

for (const folder of ["adapters/console/page"]) {
  if (existsSync(folder)) cpSync(folder, `dist/${folder}`, { recursive: true });
}
if (existsSync("dist/src/main.js")) chmodSync("dist/src/main.js", 0o755);
