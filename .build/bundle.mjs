// Makes the bundle that Claude Desktop installs by a double click: the packed program, what it needs to run, and the manifest.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { packExtension } from "@anthropic-ai/mcpb";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const target = resolve(process.argv[2] ?? `dist/pipewright-${version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), "pipewright-bundle-"));
try {
  const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], process.cwd()));
  run("tar", ["-xzf", join(folder, packed.filename), "-C", folder]);
  const stage = join(folder, "package");
  cpSync("package-lock.json", join(stage, "package-lock.json"));
  cpSync("manifests/claude-desktop/manifest.json", join(stage, "manifest.json"));
  run("npm", ["ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], stage);
  // A third of the packages' bytes, which no program reads.
  writeFileSync(join(stage, ".mcpbignore"), "*.ts\n*.mts\n*.cts\nCHANGELOG.md\n");
  if (!(await packExtension({ extensionPath: stage, outputPath: target, silent: true }))) {
    throw new Error("the bundle was not packed; run `npx mcpb validate manifests/claude-desktop/manifest.json`");
  }
  console.log(target);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
