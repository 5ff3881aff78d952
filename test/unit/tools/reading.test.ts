import { describe, expect, it } from "vitest";
import { createAnswerer } from "../../../src/agent/answer.js";
import type { Answer } from "../../../src/agent/answer-lines.js";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import { joinIdentities } from "../../../src/core/identity.js";
import { type Audience, mayRead, mayStandIn, mayTellOf, type ReadingRule } from "../../../src/core/reading.js";
import { connectInMemory } from "../../../src/mcp/client.js";
import { createMcpServer } from "../../../src/mcp/server.js";
import { tools } from "../../../src/tools/index.js";
import { limitPorts } from "../../../src/tools/reading/limit-ports.js";
import { silentLogger } from "../../fixtures/silent-logger.js";
import { createWorld, dag, dagRun, incident, jobOutput, jobRun, jobTask, task, verdict } from "./literal-world.js";

const rule = (more: Partial<ReadingRule>): ReadingRule => ({
  connection: null,
  dag: null,
  channels: null,
  people: null,
  ...more,
});

const rules = [
  rule({ dag: "finance_*", channels: ["slack:CFIN"] }),
  rule({ dag: "payroll", people: ["slack:ANA"] }),
  rule({ dag: "ledger", channels: ["slack:CFIN"], people: ["slack:ANA"] }),
];

const identityOf = joinIdentities([{ name: "Ana", ids: ["slack:ANA", "cli:ana"] }]);
const at = (personId: string, channel: string | null, isPrivate: boolean): Audience => ({
  personId,
  channel,
  isPrivate,
  identityOf,
});

const audiences = {
  "Ana in #finance": at("slack:ANA", "slack:CFIN", false),
  "Ana in #general": at("slack:ANA", "slack:CGEN", false),
  "Ana in private": at("slack:ANA", "slack:D1", true),
  "Ana by a slash command in #general": at("slack:ANA", "slack:CGEN", true),
  "Ana's MCP client": at("mcp:ana", null, true),
  "Ben in #finance": at("slack:BEN", "slack:CFIN", false),
  "Ben in #general": at("slack:BEN", "slack:CGEN", false),
  "Ben in private": at("slack:BEN", "slack:D2", true),
  "Ben's MCP client": at("mcp:ben", null, true),
} as const;

/** Written down by hand: what each of them may read beside bikes_daily, which no rule speaks of. */
const table: Readonly<Record<keyof typeof audiences, readonly string[]>> = {
  "Ana in #finance": ["finance_close", "ledger"],
  "Ana in #general": [],
  "Ana in private": ["payroll", "ledger"],
  "Ana by a slash command in #general": ["payroll", "ledger"],
  "Ana's MCP client": ["payroll", "ledger"],
  "Ben in #finance": ["finance_close"],
  "Ben in #general": [],
  "Ben in private": [],
  "Ben's MCP client": [],
};

const restricted = ["finance_close", "payroll", "ledger"] as const;
const all = ["bikes_daily", ...restricted];
const cells = Object.entries(audiences).map(([who, audience]) => {
  const open = ["bikes_daily", ...table[who as keyof typeof audiences]];
  return { who, audience, open, hidden: all.filter((name) => !open.includes(name)) };
});

/** Four DAGs that failed alike, each with its incident and proposal, and a Databricks job of each one's name. */
function world() {
  const failure = (dagId: string) => ({
    kind: "airflow_task" as const,
    connection: "airflow:prod",
    dagId,
    runId: "scheduled__2026-11-22",
    taskId: `load_${dagId}`,
    mapIndex: -1,
    tryNumber: 1,
    maxTries: 0,
    state: "failed" as const,
    operator: null,
    startedAt: null,
    endedAt: null,
    runAfter: null,
  });
  return createWorld({
    dags: all.map((name) => dag(name)),
    runs: all.map((dagId) => dagRun({ dagId })),
    tasks: all.map((dagId) =>
      task({ dagId, taskId: `load_${dagId}`, state: "failed", endedAt: "2026-11-22T08:10:00Z" }),
    ),
    verdicts: [verdict()],
    incidents: all.map((dagId) =>
      incident({ id: `inc_${dagId}`, dagId, title: `${dagId} / load_${dagId}`, failures: [failure(dagId)] }),
    ),
    jobRuns: all.flatMap((name, index) => [
      jobRun({ runId: `90${index}`, runName: name, tasks: [jobTask({ taskRunId: `91${index}` })] }),
      jobRun({ runId: `91${index}`, runName: "load", jobRunId: `90${index}` }),
    ]),
    outputs: all.map((_, index) => jobOutput(`91${index}`)),
    airflow: { assets: async () => [] },
    ports: {
      proposals: {
        propose: async ({ incidentId }) => ({ id: `pro_${incidentId}`, incidentId }) as Proposal,
        get: async (id) => ({ id, incidentId: id.replace("pro_", "inc_") }) as Proposal,
        ofIncident: async () => [],
      },
    },
  });
}

async function openFor(audience: Audience) {
  const ports = limitPorts(world().ports, (about) => mayRead(rules, about, audience));
  const server = createMcpServer({ tools, ports, redact: (text) => text, logger: silentLogger, version: "1" });
  const caller = await connectInMemory(server);
  const call = (tool: string, input: Readonly<Record<string, unknown>>) =>
    caller.call(tool, input).then(
      (result) => JSON.stringify(result),
      (error: Error) => `refused: ${error.message}`,
    );
  return { ports, caller, call };
}

describe("who may read about which DAG, and where", () => {
  it.each(cells)("$who: every list and count knows $open and nothing else", async ({ audience, open, hidden }) => {
    const { caller, call } = await openFor(audience);
    const failures = await call("airflow_list_failures", { since: "24h" });
    const incidents = await call("incident_list", { state: "all" });
    const before = await call("incident_get", { incident: "inc_bikes_daily" });
    expect(JSON.parse(failures)).toMatchObject({ total: open.length });
    expect(JSON.parse(incidents)).toMatchObject({ total: open.length });
    expect(JSON.parse(before).similar).toHaveLength(open.length - 1);
    for (const name of open.slice(1)) for (const said of [failures, incidents, before]) expect(said).toContain(name);
    for (const name of hidden) for (const said of [failures, incidents, before]) expect(said).not.toContain(name);
    const answer = createAnswerer({ tools: caller, clock: world().ports.clock });
    for (const text of ["what failed today", "status", "has bikes_daily failed before", "why did it fail"]) {
      const words = wordsOf(await answer({ text, incidentId: null }));
      for (const name of hidden) expect(words).not.toContain(name);
    }
  });

  it.each(cells)("$who: what is hidden is refused by every tool, asked for by any of its ids", async (cell) => {
    const { ports, call } = await openFor(cell.audience);
    for (const [index, name] of all.entries()) {
      const run = { dag: name, run: "scheduled__2026-11-22" };
      const asked = await Promise.all([
        call("airflow_dag_status", { dag: name }),
        call("airflow_get_run", run),
        call("airflow_get_task_log", { ...run, task: `load_${name}` }),
        call("diagnose_failure", { ...run, task: `load_${name}` }),
        call("diagnose_failure", { what: `inc_${name}` }),
        call("incident_get", { incident: `inc_${name}` }),
        call("databricks_get_run", { run: `90${index}` }),
        call("databricks_get_run_output", { run: `91${index}` }),
      ]);
      const isHidden = cell.hidden.includes(name);
      for (const said of asked) expect(said.startsWith("refused: ")).toBe(isHidden);
      const outcome = (promise: Promise<unknown>) => promise.then(Boolean, () => false);
      const requester = { kind: "alert" } as const;
      const doors = [
        ports.incidents.get(`inc_${name}`),
        ports.proposals.get(`pro_${name}`),
        ports.proposals.propose({ incidentId: `inc_${name}`, requester, afterFix: false }),
        ports.connections.airflow.get("airflow:prod")?.reader.dag(name) ?? Promise.reject(),
        ports.connections.databricks.get("databricks:eu")?.reader.run(`90${index}`) ?? Promise.reject(),
        ports.connections.databricks.get("databricks:eu")?.reader.runOutput(`91${index}`) ?? Promise.reject(),
      ];
      expect(await Promise.all(doors.map(outcome))).toEqual(doors.map(() => !isHidden));
    }
  });

  it("hides the Databricks job that a hidden DAG started, whatever it is called", async () => {
    const jobs = [
      jobRun({ runId: "71", runName: "nightly load", jobId: "500" }),
      jobRun({ runId: "72", runName: "nightly load", jobId: "500" }),
      jobRun({ runId: "73", runName: "bikes load", jobId: "600" }),
    ];
    const about = verdict({ databricksRuns: [{ runId: "71", url: null }] });
    const { ports } = createWorld({
      jobRuns: jobs,
      incidents: [incident({ id: "inc_1", dagId: "payroll", verdict: about })],
    });
    const seenBy = async (audience: Audience) => {
      const { connections } = limitPorts(ports, (readable) => mayRead(rules, readable, audience));
      const reader = connections.databricks.get("databricks:eu")?.reader;
      const listed: string[] = [];
      if (reader === undefined) throw new Error("no reader");
      for await (const run of reader.runs({ which: "completed", startedAfter: null })) listed.push(run.runId);
      const opened = await Promise.all(jobs.map(({ runId }) => reader.run(runId).then(Boolean, () => false)));
      return { listed, opened };
    };
    expect(await seenBy(audiences["Ben in private"])).toEqual({ listed: ["73"], opened: [false, false, true] });
    expect(await seenBy(audiences["Ana in private"])).toEqual({
      listed: ["71", "72", "73"],
      opened: [true, true, true],
    });
  });

  it("says the same of what is hidden and of what is not there at all", async () => {
    const { call } = await openFor(audiences["Ben in #general"]);
    const there = await call("airflow_dag_status", { dag: "finance_close" });
    const nowhere = await call("airflow_dag_status", { dag: "finance_nothing" });
    expect(there.replaceAll("finance_close", "X")).toBe(nowhere.replaceAll("finance_nothing", "X"));
  });
});

describe("what may stand in a channel, and tell of something else", () => {
  const about = (name: string | null) => ({ connection: "airflow:prod", name });

  it("is whatever every rule allows to all of the channel's members", () => {
    expect(mayStandIn(rules, about("bikes_daily"), "slack:CGEN")).toBe(true);
    expect(mayStandIn(rules, about("finance_close"), "slack:CGEN")).toBe(false);
    expect(mayStandIn(rules, about("finance_close"), "slack:CFIN")).toBe(true);
    expect(mayStandIn(rules, about("payroll"), "slack:CFIN")).toBe(false);
    expect(mayStandIn(rules, about("payroll"), "console:main")).toBe(false);
    expect(mayStandIn([...rules, rule({ connection: "airflow:*", channels: ["slack:CALL"] })], about(null), "x")).toBe(
      false,
    );
  });

  it("is told of where whoever may read the one may read the other", () => {
    expect(mayTellOf(rules, [about("bikes_daily")], [about("finance_close")])).toBe(false);
    expect(mayTellOf(rules, [about("finance_close")], [about("bikes_daily")])).toBe(true);
    expect(mayTellOf(rules, [about("finance_close")], [about("finance_open")])).toBe(true);
    expect(mayTellOf(rules, [about("finance_close")], [about("ledger")])).toBe(false);
  });

  it("is decided by every rule that matches: the strictest wins", () => {
    const two = [rule({ dag: "finance_*", channels: ["slack:CFIN", "slack:CGEN"] }), ...rules];
    expect(mayRead(two, about("finance_close"), audiences["Ben in #general"])).toBe(false);
    expect(mayRead(two, about("finance_close"), audiences["Ben in #finance"])).toBe(true);
  });
});

function wordsOf(answer: Answer): string {
  return JSON.stringify(answer);
}
