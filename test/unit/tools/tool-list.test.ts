import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tools } from "../../../src/tools/index.js";

const root = join(import.meta.dirname, "../../../src/tools");

/** `airflow/list-failures.ts` → `airflow_list_failures`, for every file that defines a tool. */
function namesInFolders(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: folder }) =>
      readdirSync(join(root, folder))
        .filter((file) => readFileSync(join(root, folder, file), "utf8").includes("defineTool("))
        .map((file) => `${folder}_${file.replace(/\.ts$/, "").replaceAll("-", "_")}`),
    );
}

describe("the list of tools", () => {
  it("holds every tool file once, under the name its path gives", () => {
    expect(tools.map((tool) => tool.name).toSorted()).toEqual(namesInFolders().toSorted());
  });

  it("has the tools that other programs were promised", () => {
    const names = tools.map((tool) => tool.name);
    for (const promised of [
      "airflow_list_failures",
      "airflow_get_run",
      "airflow_get_task_log",
      "databricks_get_run",
      "databricks_get_run_output",
      "diagnose_failure",
      "remediation_propose",
      "remediation_get",
    ]) {
      expect(names).toContain(promised);
    }
  });

  it("keeps reading and proposing apart, and destroys nothing", () => {
    expect(tools.filter((tool) => !tool.readOnly).map((tool) => tool.name)).toEqual(["remediation_propose"]);
    expect(tools.filter((tool) => tool.destructive)).toEqual([]);
  });
});

describe("no tool can write", () => {
  it("names no writer and no approval in any source file of the room", () => {
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const source = readFileSync(join(root, file), "utf8");
      expect(source, file).not.toMatch(/\.writer\b|approved-action|\.clear\(|setSuccess|\.repair\(|http\.write/);
    }
  });
});
