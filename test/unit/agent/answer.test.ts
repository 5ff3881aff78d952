import { describe, expect, it } from "vitest";
import { createAnswerer } from "../../../src/agent/answer.js";
import type { Answer, AnswerLine } from "../../../src/agent/answer-lines.js";
import type { Line } from "../../../src/chat/card.js";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import type { Logger } from "../../../src/core/ports.js";
import { connectInMemory } from "../../../src/mcp/client.js";
import { createMcpServer } from "../../../src/mcp/server.js";
import { tools } from "../../../src/tools/index.js";
import type { ToolPorts } from "../../../src/tools/ports.js";
import {
  createWorld,
  dag,
  dagRun,
  incident,
  spec,
  task,
  unreachable,
  verdict,
  type World,
} from "../tools/literal-world.js";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const bikes: World = {
  dags: [dag("bikes_daily", { owners: ["data-bikes"] }), dag("trains_hourly"), dag("ferry_log_import")],
  runs: [
    dagRun(),
    ...["21", "20", "19"].map((day) =>
      dagRun({
        runId: `scheduled__2026-11-${day}`,
        state: "success",
        runAfter: `2026-11-${day}T02:00:00Z`,
        startedAt: `2026-11-${day}T02:00:00Z`,
        endedAt: `2026-11-${day}T02:30:00Z`,
      }),
    ),
    dagRun({
      dagId: "trains_hourly",
      runId: "t9",
      state: "running",
      startedAt: "2026-11-22T08:50:00Z",
      endedAt: null,
      runAfter: "2026-11-22T08:50:00Z",
    }),
    dagRun({
      dagId: "trains_hourly",
      runId: "t8",
      state: "success",
      runAfter: "2026-11-22T07:50:00Z",
      startedAt: "2026-11-22T07:50:00Z",
      endedAt: "2026-11-22T08:20:00Z",
    }),
  ],
  tasks: [
    task({ taskId: "fetch_trips", state: "failed", tryNumber: 3 }),
    task({ taskId: "extract", durationSeconds: 1200 }),
    task({ taskId: "clean", state: "upstream_failed", endedAt: "2026-11-22T02:11:00Z" }),
  ],
  specs: [spec("extract", ["fetch_trips"]), spec("fetch_trips", ["clean"]), spec("clean")],
};

function proposal(given: Partial<Proposal> & { readonly id: string }): Proposal {
  return {
    incidentId: "inc_0001",
    plan: {
      schema: 1,
      incidentId: "inc_0001",
      environment: "real",
      requester: { kind: "alert" },
      subject: { connection: "airflow:prod", airflow: null, databricksRunId: null },
      steps: [],
      policyVersion: "1",
    },
    facts: {
      willRun: ["fetch_trips", "clean"],
      willNotRun: [],
      dryRunAt: "2026-11-22T09:00:00Z",
      usualSeconds: null,
      alternativeSeconds: null,
      why: "",
      guards: [],
      risk: null,
    },
    digest: "d",
    state: "pending",
    createdAt: "2026-11-22T09:00:00Z",
    expiresAt: "2026-11-22T10:00:00Z",
    approvers: [],
    decision: null,
    execution: null,
    supersededBy: null,
    ...given,
  };
}

async function ask(
  text: string,
  world: World = bikes,
  incidentId: string | null = null,
  ports: Partial<ToolPorts> = {},
) {
  const made = createWorld(world);
  const room = { tools, redact: (words: string) => words, logger: silent, version: "1" };
  const caller = await connectInMemory(createMcpServer({ ...room, ports: { ...made.ports, ...ports } }));
  try {
    return await createAnswerer({ tools: caller, clock: made.ports.clock })({ text, incidentId });
  } finally {
    await caller.close();
  }
}

/** The lines as a person reads them; they must be lines a card takes as they are. */
function words(answer: Answer): string {
  const lines: readonly AnswerLine[] & readonly Line[] = answer.lines;
  return lines.map((line) => line.map((piece) => ("text" in piece ? piece.text : piece.at)).join("")).join("\n");
}

describe("questions answered by rules", () => {
  it("why did X fail: the cause with its proof and what to do", async () => {
    expect(words(await ask("why did bikes dayly fail?"))).toBe(
      [
        "bikes_daily / fetch_trips: bikes.example.org answered 503; a rerun should pass. (network transient, high confidence)",
        "E1 log line 12: HTTPError: 503 for url: https://bikes.example.org/trips",
        "Next: Rerun when the service is back.",
        "Waiting behind it: clean.",
        "Open in Airflow",
      ].join("\n"),
    );
  });

  it("says that it does not know, instead of guessing", async () => {
    const abstained = verdict({
      outcome: "abstained",
      category: "unknown",
      confidence: 0.2,
      summary: "The log is empty.",
    });
    const answer = words(await ask("why did bikes_daily fail", { ...bikes, verdicts: [abstained] }));
    expect(answer).toContain("I don't know yet why it failed. The log is empty.");
  });

  it("what failed today", async () => {
    expect(words(await ask("what failed today?"))).toBe(
      [
        "1 still failed, and 1 more task waits behind, since 2026-11-22T00:00:00.000Z:",
        "bikes_daily / fetch_trips on airflow:prod, try 3, 2026-11-22T02:10:00Z",
      ].join("\n"),
    );
    expect(words(await ask("what failed today?", { ...bikes, tasks: [], runs: [] }))).toBe(
      "Nothing is failed that ended since 2026-11-22T00:00:00.000Z.",
    );
  });

  it("is X late, when will it finish", async () => {
    expect(words(await ask("is trains hourly late?"))).toContain(
      "trains_hourly is not late: its run is running; it should finish 2026-11-22T09:20:00.000Z.",
    );
    expect(words(await ask("when will bikes_daily finish?"))).toContain(
      "bikes_daily failed at fetch_trips and is 6 h 30 min late; it will not finish until somebody reruns it.",
    );
    const missed = {
      ...bikes,
      runs: (bikes.runs ?? []).filter((run) => run.state === "success" && run.dagId === "bikes_daily"),
    };
    expect(words(await ask("is bikes_daily late", missed))).toContain(
      "bikes_daily is late: its next run was due 7 h ago and has not started.",
    );
  });

  it("what is late, anywhere", async () => {
    const said = words(await ask("what is late?"));
    expect(said).toContain("1 of 3 DAGs is late:");
    expect(said).toContain(
      "bikes_daily on airflow:prod is 6 h 30 min late: its run failed; it should have ended 2026-11-22T02:30:00.000Z.",
    );
    expect(words(await ask("what is late?", { ...bikes, runs: [] }))).toContain("Nothing is late; I looked at 3 DAGs.");
  });

  it("what did the last run of X do", async () => {
    const answer = words(await ask("what did the last run of bikes_daily do?"));
    expect(answer).toContain("bikes_daily on airflow:prod: its newest run is failed");
    expect(answer).toContain("Tasks: 1 failed, 1 upstream_failed, 1 success.");
    expect(answer).toContain("Longest: extract, 20 min.");
  });

  it("what is blocked by X", async () => {
    expect(words(await ask("what is blocked by bikes_daily"))).toContain(
      "Waiting for bikes_daily / fetch_trips:\nclean",
    );
  });

  it("show me the log around the error, in the incident's thread", async () => {
    const failure = {
      ...task({ taskId: "fetch_trips", tryNumber: 3 }),
      kind: "airflow_task",
      connection: "airflow:prod",
      state: "failed",
    } as const;
    const world = { ...bikes, incidents: [incident({ id: "inc_0001", failures: [failure] })] };
    const answer = words(await ask("show me the log around the error", world, "inc_0001"));
    expect(answer).toContain("bikes_daily / fetch_trips, try 3, 30 lines:\n6: line 6\n");
    expect(answer).toContain("18: line 18");
    expect(answer).not.toContain("19: line 19");
  });

  it("has this happened before: earlier incidents and how they ended", async () => {
    const recovered = proposal({
      id: "pro_0000",
      incidentId: "inc_0000",
      state: "spent",
      execution: { state: "recovered", startedAt: null, endedAt: null, trail: [], outcome: "Recovered after 6 min." },
    });
    const world = {
      ...bikes,
      incidents: [
        incident({ id: "inc_0001" }),
        incident({
          id: "inc_0000",
          openedAt: "2026-11-01T02:00:00Z",
          recoveredAt: "2026-11-01T03:00:00Z",
          state: "recovered",
        }),
      ],
    };
    const ports = {
      proposals: {
        propose: () => Promise.reject(new Error("no")),
        get: () => Promise.resolve(null),
        ofIncident: (id: string) => Promise.resolve(id === "inc_0000" ? [recovered] : []),
      },
    };
    expect(words(await ask("has this happened before?", world, "inc_0001", ports))).toBe(
      "Incidents like bikes_daily / fetch_trips:\n2026-11-01T02:00:00Z bikes_daily / fetch_trips, recovered: Recovered after 6 min.",
    );
  });

  it("has this happened before: what helped the earlier times", async () => {
    const history = {
      times: 2,
      words: "Seen twice before: twice a clear helped",
      lastAt: "2026-11-01T03:00:00Z",
      lastIncidentId: "inc_0000",
    };
    const world = { ...bikes, incidents: [incident({ id: "inc_0001", history })] };
    expect(words(await ask("has this happened before?", world, "inc_0001"))).toBe(
      "Seen twice before: twice a clear helped; last 2026-11-01 03:00 UTC, inc_0000.",
    );
  });

  it("has this happened before: another object with the same signature is not like it", async () => {
    const other = incident({
      id: "inc_0000",
      fingerprint: "g",
      state: "recovered",
      verdict: verdict({ object: "trains.example.org" }),
    });
    const world = { ...bikes, incidents: [incident({ id: "inc_0001" }), other] };
    expect(words(await ask("has this happened before?", world, "inc_0001"))).toBe(
      "I have seen nothing like bikes_daily / fetch_trips before.",
    );
  });

  it("what changed: the differences to the last good run, or that there are none", async () => {
    const good = task({ taskId: "fetch_trips", runId: "r0", startedAt: "2026-11-21T02:00:00Z", dagVersion: 9 });
    const airflow = { recentTaskInstances: () => Promise.resolve([good]) };
    expect(words(await ask("what changed since the last good run of bikes_daily?", { ...bikes, airflow }))).toContain(
      "The DAG changed: version 1 ran, the last good run (2026-11-21 02:00 UTC) had version 9.",
    );
    expect(words(await ask("what changed for bikes_daily?", bikes))).toBe(
      "I see no telling difference between this run of bikes_daily / fetch_trips and its last good one.",
    );
  });

  it("rerun X becomes a proposal for a person, and its card follows", async () => {
    const ports = {
      proposals: {
        propose: () => Promise.resolve(proposal({ id: "pro_0001" })),
        get: () => Promise.resolve(null),
        ofIncident: () => Promise.resolve([]),
      },
    };
    const answer = await ask("rerun", { ...bikes, incidents: [incident({ id: "inc_0001" })] }, "inc_0001", ports);
    expect(answer.proposalId).toBe("pro_0001");
    expect(words(answer)).toContain("Nothing has run. A person must approve it");
  });

  it("who approved the last rerun of X", async () => {
    const decided = proposal({
      id: "pro_0001",
      state: "spent",
      decision: {
        verdict: "approved",
        personId: "slack:U1",
        personName: "Ben",
        at: "2026-11-22T08:00:00Z",
        reason: null,
      },
      execution: { state: "recovered", startedAt: null, endedAt: null, trail: [], outcome: "Recovered after 6 min." },
    });
    const ports = {
      proposals: {
        propose: () => Promise.reject(new Error("no")),
        get: () => Promise.resolve(null),
        ofIncident: () => Promise.resolve([decided]),
      },
    };
    const world = { ...bikes, incidents: [incident({ id: "inc_0001" })] };
    expect(words(await ask("who approved the last rerun of bikes_daily?", world, null, ports))).toContain(
      "Ben approved the last proposal for bikes_daily / fetch_trips 2026-11-22T08:00:00Z: Recovered after 6 min.",
    );
    expect(words(await ask("who approved the last rerun of bikes_daily?", world))).toContain("Nobody has decided");
  });

  it("mute X names the incident and leaves the muting to the flow", async () => {
    const world = { ...bikes, incidents: [incident({ id: "inc_0001" })] };
    const answer = await ask("mute bikes_daily 2h", world);
    expect(answer.mute).toEqual({ incidentId: "inc_0001", hours: 2 });
    expect(words(await ask("mute trains_hourly", world))).toContain('no open incident of "trains_hourly"');
  });

  it("status: open incidents and what waits for people", async () => {
    const world = { ...bikes, incidents: [incident({ id: "inc_0001", proposalId: "pro_0001" })] };
    expect(words(await ask("status", world))).toContain("1 open incident; 1 with a proposal:");
    expect(words(await ask("status"))).toBe("No open incidents; nothing waits for a decision.");
  });

  it.each(["help", "hello", "sing me a song", "what is the meaning of life", ""])(
    "%j: says what it can answer",
    async (text) => {
      expect(words(await ask(text))).toContain("why did orders_daily fail");
    },
  );

  it("asks which DAG is meant, and says whose move it is when Airflow is away", async () => {
    const twins = { ...bikes, dags: [dag("bikes_daily"), dag("bikes_weekly")] };
    expect(words(await ask("why did bikes fail", twins))).toMatch(
      /could be bikes_daily.*bikes_weekly.*Say which DAG id/,
    );
    const down = () => Promise.reject(unreachable("airflow:prod"));
    const away = { ...bikes, airflow: { dag: down, dags: down } };
    expect(words(await ask("why did bikes_daily fail", away))).toBe(
      "airflow:prod does not answer. Its operator should look.",
    );
  });

  it("asks for a name where the question has none", async () => {
    expect(words(await ask("why?"))).toBe(
      "That question names no DAG, job or incident. Ask like this: why did orders_daily fail",
    );
  });
});
