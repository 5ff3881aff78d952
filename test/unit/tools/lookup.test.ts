import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDag } from "../../../src/tools/lookup/find-dag.js";
import { findFailure } from "../../../src/tools/lookup/find-failure.js";
import { matchNames } from "../../../src/tools/lookup/match-name.js";
import { linkIn, parseLink } from "../../../src/tools/lookup/parse-link.js";
import { parseSince } from "../../../src/tools/lookup/parse-since.js";
import { createWorld, dag, jobRun, unreachable, type World } from "./literal-world.js";

const names = ["bikes_daily", "bikes_hourly", "trains.hourly", "ferry-log-import", "weather", "Überweisungen_täglich"];

describe("the name a person means", () => {
  it.each([
    ["bikes_daily", ["bikes_daily"]],
    ["BIKES_DAILY", ["bikes_daily"]],
    ["bikes daily", ["bikes_daily"]],
    ["bikesdaily", ["bikes_daily"]],
    ["biks dayly", ["bikes_daily"]],
    ["why did the trains hourly dag fail last night?", ["trains.hourly"]],
    ["is `weather` late?", ["weather"]],
    ["the ferry import", ["ferry-log-import"]],
    ["überweisungen täglich", ["Überweisungen_täglich"]],
    ["bikes", ["bikes_daily", "bikes_hourly"]],
    ["planes", []],
    ["why did it fail", []],
    ["", []],
  ])("%j is %j", (said, meant) => {
    expect(matchNames(said, names)).toEqual(meant);
  });

  it("is always one of the names, whatever is said", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (said) => {
        for (const name of matchNames(said, names)) expect(names).toContain(name);
      }),
    );
  });
});

describe("a DAG on several deployments", () => {
  const two = (world: World) => {
    const first = createWorld({ dags: [dag("bikes_daily"), dag("trains")] });
    const other = createWorld({ dags: [dag("bikes_daily"), dag("ferries")], ...world });
    const reader = { ...other.ports.connections.airflow.get("airflow:prod")?.reader, connection: "airflow:eu" };
    const airflow = new Map([
      ...first.ports.connections.airflow,
      ["airflow:eu", { reader: reader as never, writer: null }],
    ] as never);
    return { ...first.ports, connections: { ...first.ports.connections, airflow } } as typeof first.ports;
  };

  it("is found where it is, and asked about where two have it", async () => {
    const ports = two({});
    expect((await findDag(ports, undefined, "ferries")).reader.connection).toBe("airflow:eu");
    expect((await findDag(ports, "eu", "bikes_daily")).reader.connection).toBe("airflow:eu");
    await expect(findDag(ports, undefined, "bikes daily")).rejects.toThrow(
      "bikes_daily (airflow:prod), bikes_daily (airflow:eu)",
    );
  });

  it("is found on one although the other is away", async () => {
    const down = () => Promise.reject(unreachable("airflow:eu"));
    const ports = two({ airflow: { dag: down, dags: down } });
    expect((await findDag(ports, undefined, "trains")).reader.connection).toBe("airflow:prod");
  });
});

describe("a pasted address", () => {
  const { ports } = createWorld({});
  const read = (text: string) => {
    const url = linkIn(text);
    return url === null ? null : parseLink(url, ports);
  };

  it.each([
    [
      "https://airflow.example.org/dags/a/runs/manual__2026%2B1/tasks/t/mapped/3?try_number=2",
      ["a", "manual__2026+1", "t", 3, 2],
    ],
    [
      "<https://airflow.example.org/dags/a/grid?dag_run_id=r%201&task_id=t&map_index=4&tab=logs|log>",
      ["a", "r 1", "t", 4, null],
    ],
    ["https://airflow.example.org/dags/a", ["a", null, null, -1, null]],
    ["see https://airflow.example.org/log?dag_id=a&task_id=t please", ["a", null, "t", -1, null]],
  ])("%s", (text, expected) => {
    const link = read(text);
    expect(link?.system).toBe("airflow");
    if (link?.system !== "airflow") return;
    expect([link.dagId, link.runId, link.taskId, link.mapIndex, link.tryNumber]).toEqual(expected);
  });

  it.each([
    "https://adb-1.example.net/?o=74#job/12/run/9007199254740993",
    "https://adb-1.example.net/?o=74#job/run/9007199254740993",
    "https://adb-1.example.net/jobs/12/runs/9007199254740993?o=74",
  ])("%s", (text) => {
    expect(read(text)).toEqual({ system: "databricks", connection: "databricks:eu", runId: "9007199254740993" });
  });

  it.each([
    "https://airflow.example.org.evil.net/dags/a",
    "https://adb-1.example.net/jobs/12",
    "https://user:pass@elsewhere.example/dags/a",
  ])("%s is refused", (text) => {
    expect(() => read(text)).toThrow(/not a DAG, task or run of a configured connection/);
  });
});

describe("a Databricks job named by words", () => {
  it("is found among the runs that failed lately", async () => {
    const { ports } = createWorld({ dags: [], jobRuns: [jobRun({ runId: "50", runName: "Nightly Trips Load" })] });
    expect(await findFailure({ what: "why did the nightly trips load fail" }, ports)).toEqual({
      found: { kind: "databricks_run", connection: "databricks:eu", runId: "50" },
    });
  });
});

describe("since when", () => {
  const now = new Date("2026-11-22T09:00:00Z");

  it.each([
    ["24h", "2026-11-21T09:00:00.000Z"],
    ["7d", "2026-11-15T09:00:00.000Z"],
    ["30m", "2026-11-22T08:30:00.000Z"],
    ["2026-11-22T06:00:00+02:00", "2026-11-22T04:00:00.000Z"],
    ["2026-11-22T06:00:00", "2026-11-22T06:00:00.000Z"],
    ["2026-11-20", "2026-11-20T00:00:00.000Z"],
  ])("%s", (text, at) => {
    expect(parseSince(text, now).toISOString()).toBe(at);
  });

  it("refuses what is no time, or too long ago", () => {
    expect(() => parseSince("soon", now)).toThrow("is not a time");
    expect(() => parseSince("400d", now)).toThrow("over 90 days ago");
  });
});
