import { readFileSync } from "node:fs";
import { ConfigError } from "../core/errors.js";

/** The version stands in package.json alone; src and dist/src lie at different depths below it. */
export function packageVersion(): string {
  for (const up of ["../../", "../../../"]) {
    try {
      const found = JSON.parse(readFileSync(new URL(`${up}package.json`, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found.name === "pipewright" && found.version !== undefined) return found.version;
    } catch {
      // The other depth has it.
    }
  }
  throw new ConfigError("package.json is missing beside the program.", "Install Pipewright again.");
}
