import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createIds } from "../../../src/store/ids.js";
import { openFileStore } from "../../../src/store/lowdb/file-store.js";
import { movedClock } from "../../fixtures/moved-clock.js";
import { silentLogger } from "../../fixtures/silent-logger.js";
import { incidentAbout, taskFailed } from "../../flows/approval-world.js";
import { runInProcess } from "../cli-diagnose/run-cli.js";

const yaml = `
airflow:
  - { name: mint, base_url: "https://mint.example.com", environment: prod, read: { auth: bearer, token_env: MINT_TOKEN } }
  - { name: lab, base_url: "https://lab.example.com", read: { auth: bearer, token_env: MINT_TOKEN } }
people:
  - { name: Max, ids: ["slack:UMAX", "console:max@example.com"] }
groups:
  bakers: ["slack:UMAX", "slack:UZOE"]
policy:
  approvers: ["slack:UIDA", "group:bakers"]
  break_glass: { people: ["slack:UIDA"] }
  rules:
    - { name: ovens, dag: "oven_*", approvers: [group:bakers], max_reruns: 3 }
    - { name: prod-pairs, environment: prod, quorum: 2 }
    - { name: gold, tag: gold, max_reruns: 1 }
    - name: weekend
      environment: prod
      freeze: [{ days: [fri], from: "18:00", timezone: Europe/Berlin }, { days: [sat, sun], timezone: Europe/Berlin, reason: nobody bakes }]
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-explain-"));
  writeFileSync(join(folder, "pipewright.yaml"), yaml);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  vi.stubEnv("PIPEWRIGHT_CONFIG", join(folder, "pipewright.yaml"));
  vi.stubEnv("MINT_TOKEN", "reader");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const explain = (...args: string[]) => runInProcess(["policy", "explain", ...args]);

describe("policy explain", () => {
  it("explains an incident by its id: its connection, DAG, task and cause", async () => {
    const dataDir = join(folder, "data");
    const clock = movedClock("2026-11-24T12:00:00Z");
    const store = await openFileStore({ dataDir, clock, ids: createIds(randomBytes, clock), logger: silentLogger });
    const failures = [taskFailed("knead", -1, { connection: "airflow:mint", dagId: "oven_daily" })];
    const incident = { ...incidentAbout({ failures }), connection: "airflow:mint", dagId: "oven_daily" };
    await store.transact((tx) => tx.incidents.put(incident));
    await store.close();
    vi.stubEnv("PIPEWRIGHT_DATA_DIR", dataDir);
    const { code, out } = await explain("inc_1", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      target: { connections: ["airflow:mint"], dagId: "oven_daily", task: "knead", category: "network_transient" },
    });
    expect((await explain("inc_2")).err).toContain("There is no incident inc_2.");
    expect((await explain("inc_1", "--dag", "oven_daily")).err).toContain("Leave out --dag");
  });

  it("says which rules speak, which won for each guard, and until when nothing may run", async () => {
    const { code, out } = await explain(
      ..."--dag oven_daily --connection airflow:mint --tag bread --at 2026-11-27T20:00:00+01:00".split(" "),
    );
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "oven_daily on airflow:mint at 2026-11-27 19:00 UTC",
      "",
      "Rules that speak of it",
      "  ovens",
      "  prod-pairs",
      "  weekend",
      "",
      "What holds, and why",
      "  reruns      may be approved  [default]",
      "  approvers   slack:UMAX, slack:UZOE  [ovens]",
      "  quorum      2  [prod-pairs]",
      "  four eyes   no  [default]",
      "  cap         3 reruns of a run  [ovens]",
      "  cap's time  6 h  [default]",
      "  cool-down   0 min  [default]",
      "  expiry      60 min  [default]",
      "  idempotent  nobody has said so  [default]",
      "  freeze      frozen until 2026-11-29 23:00 UTC  [weekend]",
      "  by itself   nobody: no rule allows it  [default]",
      "",
    ]);
  });

  it("takes a rule by tag for one that may match while no tag is given", async () => {
    const { out } = await explain("--dag", "oven_daily", "--connection", "airflow:lab", "--task", "t");
    expect(out).toContain("gold (may match: --tag, --category not given; it tightens only)");
    expect(out).toContain("cap         1 reruns of a run  [gold]");
  });

  it("says whether somebody may approve, by any of their ids", async () => {
    const at = ["--dag", "oven_daily", "--connection", "airflow:mint", "--tag", "x", "--at", "2026-11-25T12:00:00Z"];
    const who = async (id: string) => (await explain(...at, "--person", id)).out.trim().split("\n\n").at(-1);
    expect(await who("console:max@example.com")).toBe(
      "console:max@example.com may approve what the alert asks for. Their approval counts; 2 people must approve.",
    );
    expect(await who("slack:UIDA")).toBe(
      "slack:UIDA may not approve what the alert asks for. They are not among the approvers.\nslack:UIDA may break the glass, with a reason.",
    );
    expect(await who("mcp:max")).toContain("mcp:max may not approve");
    const frozen = await explain(...at.slice(0, -1), "2026-11-28T12:00:00Z", "--person", "slack:UMAX");
    expect(frozen.out).toContain(
      "may not approve what the alert asks for. Reruns are frozen until 2026-11-29 23:00 UTC: nobody bakes.",
    );
  });

  it("prints one JSON object for programs", async () => {
    const { out } = await explain("--dag", "oven_daily", "--connection", "airflow:mint", "--tag", "x", "--json");
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      rules: [
        { name: "ovens", match: "yes" },
        { name: "prod-pairs", match: "yes" },
        { name: "weekend", match: "yes" },
      ],
      guards: { quorum: { value: 2, by: ["prod-pairs"] }, expiresMinutes: { value: 60, by: [] } },
      person: null,
    });
  });

  it.each([
    [["--dag", "x"], "There are several connections: airflow:mint, airflow:lab."],
    [["--dag", "x", "--connection", "airflow:moon"], "airflow:moon is not configured."],
    [["--connection", "airflow:mint", "--at", "soon"], "--at is no moment in time."],
    [["--connection", "airflow:mint", "--category", "gremlins"], "gremlins is no category of failures."],
    [["--connection", "airflow:mint", "--person", "max"], "--person is no person's id."],
    [[], "No such connection is configured."],
  ])("refuses %j in words", async (args, words) => {
    const { code, err } = await explain(...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});
