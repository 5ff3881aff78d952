import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type CountedCompany, startCountedCompany } from "./counted-company.js";
import { installMcpTools, installPythonClient } from "./install.js";

/** What all stories of MCP clients share: the built program, other people's programs, and one company whose pipelines fail. */
export interface McpStage {
  /** `dist/src/main.js`, built just now. */
  readonly program: string;
  /** A Python that has the package `mcp`. */
  readonly python: string;
  /** Where the commands of the conformance runner and the inspector are. */
  readonly bin: string;
  readonly company: CountedCompany;
  /** An empty folder, gone when the stage closes. */
  newFolder(): string;
  close(): Promise<void>;
}

export async function openMcpStage(): Promise<McpStage> {
  const build = promisify(execFile)("npm", ["run", "--silent", "build"]);
  const [python, bin] = await Promise.all([installPythonClient(), installMcpTools(), build]);
  const company = await startCountedCompany();
  const folders: string[] = [];
  return {
    program: resolve("dist/src/main.js"),
    python,
    bin,
    company,
    newFolder() {
      const folder = mkdtempSync(join(tmpdir(), "pipewright-mcp-"));
      folders.push(folder);
      return folder;
    },
    async close() {
      await company.stop();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
