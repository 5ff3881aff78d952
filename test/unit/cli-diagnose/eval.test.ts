import { describe, expect, it } from "vitest";
import { figure } from "../../../src/cli/eval-figures.js";
import { bashFailed, failedLog, info, succeededMark } from "../rca/reading-of.js";
import { evalCli, folderWith } from "./run-cli.js";

const crowded = failedLog([info("psql: error: FATAL:  sorry, too many clients already")], bashFailed);

describe("eval", () => {
  it("counts right, wrong, abstained and false alarms", async () => {
    const dir = await folderWith({
      "right/log.txt": crowded,
      "right/case.json": {
        category: "quota_or_rate_limit",
        root_cause_text: ["too many clients"],
        rerun_helps: "unsure",
        databricks_run_ids: [],
      },
      "wrong/log.txt": crowded,
      "wrong/case.json": {
        category: "timeout",
        also_acceptable: ["network_transient"],
        root_cause_text: ["never there"],
      },
      "silent/log.txt": failedLog([info("step 1")], bashFailed),
      "silent/case.json": { category: "configuration" },
      "open/log.txt": failedLog([info("step 1")], bashFailed),
      "open/case.json": { category: "unknown" },
      "healthy/log.txt": `${info("ERROR: frightening")}\n${succeededMark}\n`,
      "healthy/case.json": { category: "no_failure" },
      "unlabelled/log.txt": crowded,
    });
    const answer = await evalCli(dir, true);
    expect(answer.code).toBe(0);
    const figures = JSON.parse(answer.out) as Record<string, unknown>;
    expect(figures).toMatchObject({
      cases: 5,
      errors: 0,
      coverage: { k: 2, n: 3 },
      rightlySilent: { k: 1, n: 1 },
      accuracyOfAnswered: { k: 1, n: 2 },
      rootLineQuoted: { k: 1, n: 2 },
      runIdsExact: { k: 1, n: 1 },
      falseAlarms: { k: 0, n: 1 },
    });
    expect(figures["wrong"]).toMatchObject([{ id: "wrong", wanted: "timeout", got: "quota_or_rate_limit" }]);
    const cited = figures["citedLinesReal"] as { k: number; n: number };
    expect(cited.k).toBe(cited.n);
  });

  it("prints k of n with an interval for people", async () => {
    const dir = await folderWith({ "one/log.txt": crowded, "one/case.json": { category: "quota_or_rate_limit" } });
    expect((await evalCli(dir, false)).out).toMatch(/right of answered +1 of 1 = 100\.0 % \(\d+\.\d % to 100\.0 %\)/);
  });

  it("ends with 2 where nothing is labelled", async () => {
    const answer = await evalCli(await folderWith({ "one/log.txt": crowded }), false);
    expect(answer.code).toBe(2);
    expect(answer.err).toContain("no labelled case");
  });
});

describe("figure", () => {
  it("is a Wilson interval at 95 %", () => {
    const [low, high] = figure(48, 50).interval ?? [0, 0];
    expect(low).toBeCloseTo(0.8654, 3);
    expect(high).toBeCloseTo(0.989, 3);
  });
});
