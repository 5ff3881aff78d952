import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { getMcpConfigForManifest, type McpbManifestAny } from "@anthropic-ai/mcpb/browser";
import { expect, it } from "vitest";
import { tools } from "../../../src/tools/index.js";
import { settingsFor } from "./program.js";
import type { McpStage } from "./stage.js";
import { openStdio, type Started } from "./stdio-session.js";

const run = promisify(execFile);
const patience = { timeout: 240_000, maxBuffer: 16 * 1024 * 1024 };
const names = tools.map(({ name }) => name);

/** What people get who never see the checkout: the tarball from a registry, and the bundle that Claude Desktop opens. */
export function packedStories(stage: () => McpStage): void {
  it("`npx pipewright mcp` answers from the packed tarball in an empty folder, with nothing but protocol on stdout", async () => {
    const { newFolder } = stage();
    const [tarballs, folder] = [newFolder(), newFolder()];
    // The stage has built it just now.
    const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", tarballs];
    const { stdout: tarball } = await run("npm", pack, patience);
    writeFileSync(join(folder, "package.json"), "{}");
    const install = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await run("npm", [...install, join(tarballs, tarball.trim())], { ...patience, cwd: folder });
    const env = settingsFor(folder, { PIPEWRIGHT_SANDBOX: "1" });
    const orders = await expectAnswers({ command: "npx", args: ["pipewright", "mcp"], env, cwd: folder });
    expect(orders).toMatchObject({ connection: "airflow:sandbox", dag: "orders_daily" });
  });

  it("the bundle for Claude Desktop starts as its manifest says, with what its user filled in", async () => {
    const { newFolder, company } = stage();
    const [made, extension, home] = [newFolder(), newFolder(), newFolder()];
    const bundle = join(made, "pipewright.mcpb");
    await run("node", [".build/bundle.mjs", bundle], {
      ...patience,
      env: { ...process.env, npm_config_ignore_scripts: "true" },
    });
    await run("npx", ["--no-install", "mcpb", "unpack", bundle, extension], patience);
    const manifest = JSON.parse(readFileSync(join(extension, "manifest.json"), "utf8")) as McpbManifestAny;
    const { environment } = company;
    const config = await getMcpConfigForManifest({
      manifest,
      extensionPath: extension,
      systemDirs: {},
      userConfig: {
        airflow_base_url: environment["AIRFLOW_BASE_URL"] ?? "",
        airflow_username: environment["AIRFLOW_USERNAME"] ?? "",
        airflow_password: environment["AIRFLOW_PASSWORD"] ?? "",
        data_dir: join(home, "data"),
      },
      pathSeparator: "/",
    });
    expect(manifest.tools?.map(({ name }) => name)).toEqual(names);
    const { PATH = "" } = settingsFor(home);
    mkdirSync(join(home, "data"));
    const orders = await expectAnswers({
      command: config?.command ?? "",
      args: config?.args ?? [],
      env: { PATH, HOME: home, ...config?.env },
    });
    expect(orders).toMatchObject({ connection: "airflow:default", dag: "orders_daily" });
  });
}

/** Initialize, tools/list and one call; how the newest run of orders_daily stands there. */
async function expectAnswers(started: Started): Promise<unknown> {
  const session = await openStdio(started);
  const { result } = await session.ask("tools/list");
  const listed = (result?.["tools"] ?? []) as readonly { readonly name: string }[];
  expect(listed.map(({ name }) => name)).toEqual(names);
  const orders = await session.call("airflow_get_run", { dag: "orders_daily" });
  expect(await session.end()).toBe(0);
  expect(session.noise).toEqual([]);
  return orders;
}
