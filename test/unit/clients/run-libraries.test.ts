import { expect, it } from "vitest";
import { parseRun } from "../../../src/clients/databricks/map.js";

it("names the libraries of a task as they were asked for, whatever kind they are", () => {
  const run = parseRun({
    run_id: 50,
    tasks: [
      {
        run_id: 51,
        task_key: "load",
        libraries: [
          { pypi: { package: "pandas==2.2.3", repo: "https://pypi.example/simple" } },
          { maven: { coordinates: "com.acme:fees:1.4", exclusions: ["org.slf4j:*"] } },
          { cran: { package: "data.table" } },
          { whl: "/Volumes/main/libs/fees-1.4-py3-none-any.whl" },
          { jar: "dbfs:/libs/fees.jar" },
          { requirements: "/Workspace/fees/requirements.txt" },
          { something: "else" },
        ],
      },
      { run_id: 52, task_key: "plain" },
    ],
  });
  expect(run.tasks.map((task) => task.libraries)).toEqual([
    [
      "pandas==2.2.3",
      "com.acme:fees:1.4",
      "data.table",
      "/Volumes/main/libs/fees-1.4-py3-none-any.whl",
      "dbfs:/libs/fees.jar",
      "/Workspace/fees/requirements.txt",
    ],
    undefined,
  ]);
});
