import { expect, it } from "vitest";
import { asksModel, incidentMayLeave } from "../../../src/compose/model-rules.js";
import type { Config } from "../../../src/config/config.js";
import type { Incident } from "../../../src/core/incident.js";
import type { JobRunLink } from "../../../src/core/verdict.js";
import { incidentRow } from "../../contracts/store-suite.js";
import { transient } from "../../flows/approval-world.js";

const workspace = (name: string, host: string): Config["databricks"][number] =>
  ({ name, host, read: null, write: null }) as never;
const config = {
  claude: { notFor: ["databricks:eu"] },
  databricks: [
    workspace("databricks:eu", "https://eu.dbx.example"),
    workspace("databricks:us", "https://us.dbx.example"),
  ],
} as unknown as Pick<Config, "claude" | "databricks">;

const provenBy = (...databricksRuns: readonly JobRunLink[]): Incident =>
  incidentRow("inc_1", { connection: "airflow:prod", verdict: { ...transient, confidence: 0.4, databricksRuns } });

it("keeps an Airflow incident from the model when its proof was read in a workspace that is kept from it", () => {
  const inEurope = provenBy({ runId: "61", url: "https://eu.dbx.example/jobs/6/runs/61" });
  expect([incidentMayLeave(config, inEurope), asksModel(config, inEurope)]).toEqual([false, false]);
  expect(incidentMayLeave(config, provenBy({ runId: "61", url: null }))).toBe(false);
  expect(incidentMayLeave(config, provenBy({ runId: "61", url: "https://us.dbx.example.net/jobs/6" }))).toBe(false);
  const inAmerica = provenBy({ runId: "61", url: "https://us.dbx.example/jobs/6/runs/61" });
  expect([incidentMayLeave(config, inAmerica), asksModel(config, inAmerica)]).toEqual([true, true]);
  expect(asksModel(config, provenBy())).toBe(true);
});
