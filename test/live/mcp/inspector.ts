import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { tools } from "../../../src/tools/index.js";
import { settingsFor } from "./program.js";
import type { McpStage } from "./stage.js";

/** The protocol's own inspector, by its command line. */
export function inspectorStories(stage: () => McpStage): void {
  async function inspect(...asked: readonly string[]): Promise<Record<string, unknown>> {
    const { bin, program, company, newFolder } = stage();
    const env = settingsFor(newFolder(), company.environment);
    // Of its own environment it hands on what every program needs, and the rest only when told to.
    const told = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const { stdout } = await promisify(execFile)(
      join(bin, "mcp-inspector"),
      ["--cli", ...told, process.execPath, program, "mcp", ...asked],
      { env, timeout: 60_000 },
    );
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it("the inspector lists the tools, and calls one", async () => {
    const { tools: listed } = await inspect("--method", "tools/list");
    expect((listed as readonly { readonly name: string }[]).map(({ name }) => name)).toEqual(
      tools.map(({ name }) => name),
    );
    const { structuredContent } = await inspect(
      ...["--method", "tools/call", "--tool-name", "airflow_get_run", "--tool-arg", "dag=orders_daily"],
    );
    expect(structuredContent).toMatchObject({ connection: "airflow:default", dag: "orders_daily" });
    expect(JSON.stringify(structuredContent)).toContain('"task":"load_orders"');
    expect(stage().company.writes).toEqual([]);
  });
}
