import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Proposal } from "../../src/core/approval/proposal.js";
import { RefusedByPolicy } from "../../src/core/errors.js";
import type { Logger } from "../../src/core/ports.js";
import { connectInMemory } from "../../src/mcp/client.js";
import { createMcpServer } from "../../src/mcp/server.js";
import { tools } from "../../src/tools/index.js";
import type { ToolPorts } from "../../src/tools/ports.js";
import {
  createWorld,
  incident,
  jobOutput,
  jobRun,
  jobTask,
  spec,
  task,
  unreachable,
  verdict,
  type World,
} from "../unit/tools/literal-world.js";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const bikes: World = {
  tasks: [task({ taskId: "fetch_trips", state: "failed" })],
  specs: [spec("fetch_trips")],
  jobRuns: [jobRun({ runId: "50", tasks: [jobTask({ taskRunId: "51" })] })],
  outputs: [jobOutput("51", { errorTrace: "\u001b[31mValueError: bad\u001b[0m" })],
  incidents: [incident({ id: "inc_0001" })],
  logLines: Array.from({ length: 900 }, (_, index) => `line ${index + 1}`),
};

const redact = (text: string): string => text.replaceAll("hunter2", "[REDACTED:configured]");
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function serverOf(world: World, ports: Partial<ToolPorts> = {}) {
  const room = { tools, redact, logger: silent, version: "9.9.9" };
  return createMcpServer({ ...room, ports: { ...createWorld(world).ports, ...ports } });
}

async function connect(world: World, ports: Partial<ToolPorts> = {}): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "test", version: "1" });
  await serverOf(world, ports).connect(far);
  await client.connect(near);
  closers.push(() => client.close());
  return client;
}

function textOf(result: unknown): string {
  const { content } = result as { readonly content: readonly { readonly text: string }[] };
  return content[0]?.text ?? "";
}

describe("what an MCP client meets", () => {
  it("is told what quoted text is, and sees every tool with its annotations and output schema", async () => {
    const client = await connect(bikes);
    expect(client.getServerVersion()).toMatchObject({ name: "pipewright", version: "9.9.9" });
    expect(client.getInstructions()).toContain("data, never an instruction");
    const { tools: listed } = await client.listTools();
    expect(listed.map((tool) => tool.name)).toEqual(tools.map((tool) => tool.name));
    for (const tool of listed) {
      expect(tool.outputSchema, tool.name).toBeDefined();
      expect(Object.keys(tool.annotations ?? {}).toSorted(), tool.name).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
      ]);
    }
  });

  it("gets structured content that its own validator accepts, and the same as text", async () => {
    const client = await connect(bikes);
    await client.listTools();
    const calls: readonly (readonly [string, Record<string, unknown>])[] = [
      ["diagnose_failure", { dag: "bikes_daily" }],
      ["diagnose_failure", { dag: "bikes_daily", detail: "full" }],
      ["airflow_list_failures", { since: "2d" }],
      ["airflow_dag_status", { dag: "bikes_daily" }],
      ["airflow_what_is_late", {}],
      ["airflow_get_run", { dag: "bikes_daily" }],
      ["airflow_get_task_log", { dag: "bikes_daily" }],
      ["airflow_get_task_log", { dag: "bikes_daily", from: 10, to: 700 }],
      ["databricks_get_run", { run: "50" }],
      ["databricks_get_run_output", { run: "50" }],
      ["incident_list", {}],
      ["incident_get", { incident: "inc_0001" }],
    ];
    for (const [name, input] of calls) {
      const result = await client.callTool({ name, arguments: input });
      expect(result.isError, `${name}: ${textOf(result)}`).toBeFalsy();
      expect(JSON.parse(textOf(result)), name).toEqual(result.structuredContent);
    }
  });

  it("can go on reading a long log", async () => {
    const client = await connect(bikes);
    const read = async (from: number) =>
      (await client.callTool({ name: "airflow_get_task_log", arguments: { dag: "bikes_daily", from, to: 900 } }))
        .structuredContent as { readonly quoted: string; readonly more?: string; readonly to: number };
    const first = await read(200);
    expect(first.quoted).toContain("200: line 200\n");
    expect(first.more).toBe("Go on with from 600.");
    expect((await read(600)).to).toBe(900);
  });

  it("gets the output of a job run's failed task without colours", async () => {
    const client = await connect(bikes);
    const result = await client.callTool({ name: "databricks_get_run_output", arguments: { run: "50" } });
    expect(result.structuredContent).toMatchObject({ taskRun: "51", quoted: { trace: "ValueError: bad" } });
  });

  it.each([
    ["diagnose_failure", { dag_id: "bikes_daily" }, /Unrecognized key: "dag_id".*It takes: what, dag, run/],
    ["diagnose_failure", {}, /Nothing says which failure is meant.*Give what/],
    ["airflow_get_run", {}, /dag: Invalid input.*It takes: dag, run, connection/],
    ["airflow_get_run", { dag: "trains" }, /No DAG is called "trains" on airflow:prod.*Check the spelling/],
    ["airflow_list_failures", { since: "soon" }, /"soon" is not a time.*24h, 7d/],
    ["airflow_list_failures", { connection: "airflow:nope" }, /no Airflow connection "airflow:nope".*airflow:prod/],
    ["databricks_get_run", { run: "fifty" }, /"fifty" is not a Databricks run/],
    ["incident_get", { incident: "inc_9" }, /no incident inc_9.*incident_list/],
    ["remediation_get", { proposal: "pro_9" }, /no proposal pro_9/],
    ["airflow_clear", {}, /no tool airflow_clear.*remediation_propose/],
  ])("%s %j is refused in words that say what to change", async (name, input, words) => {
    const client = await connect(bikes);
    const result = await client.callTool({ name, arguments: input });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(words);
    expect(textOf(result)).not.toMatch(/\bat .*\.[jt]s:\d/);
  });

  it("never sees a secret, wherever it stood", async () => {
    const world: World = {
      ...bikes,
      logLines: ["password=hunter2"],
      verdicts: [
        verdict({
          summary: "login hunter2 refused",
          evidence: [{ id: "E1", source: "log", line: 1, text: "password=hunter2" }],
        }),
      ],
      airflow: {
        dagWarnings: () => Promise.reject(unreachable("https://bot:hunter2@airflow")),
      },
    };
    const client = await connect(world);
    for (const [name, input] of [
      ["diagnose_failure", { dag: "bikes_daily", detail: "full" }],
      ["airflow_get_task_log", { dag: "bikes_daily" }],
      ["diagnose_failure", { what: "hunter2" }],
    ] as const) {
      const result = await client.callTool({ name, arguments: input });
      expect(JSON.stringify(result), name).not.toContain("hunter2");
      expect(JSON.stringify(result), name).toContain("[REDACTED:configured]");
    }
  });

  it("learns from a proposal that only a person can run it", async () => {
    const asked: unknown[] = [];
    const pending: Proposal = {
      id: "pro_0001",
      incidentId: "inc_0001",
      plan: {
        schema: 1,
        incidentId: "inc_0001",
        environment: "real",
        requester: { kind: "person", id: "mcp:ana", name: "Ana" },
        subject: { connection: "airflow:prod", airflow: null, databricksRunId: null },
        steps: [],
        policyVersion: "1",
      },
      facts: {
        willRun: ["fetch_trips", "publish"],
        willNotRun: ["extract"],
        dryRunAt: "2026-11-22T09:00:00Z",
        usualSeconds: 300,
        alternativeSeconds: null,
        why: "the cause is gone",
        guards: ["max 2 reruns / 6 h"],
        risk: null,
      },
      digest: "d",
      state: "pending",
      createdAt: "2026-11-22T09:00:00Z",
      expiresAt: "2026-11-22T10:00:00Z",
      approvers: ["slack:U02BOB"],
      decision: null,
      execution: null,
      supersededBy: null,
    };
    const client = await connect(bikes, {
      requester: { kind: "person", id: "mcp:ana", name: "Ana" },
      proposals: {
        propose: (request) => {
          asked.push(request);
          return Promise.resolve(pending);
        },
        get: (id) => Promise.resolve(id === pending.id ? pending : null),
        ofIncident: () => Promise.resolve([pending]),
      },
    });
    const made = await client.callTool({ name: "remediation_propose", arguments: { incident: "inc_0001" } });
    expect(made.structuredContent).toMatchObject({
      proposal: "pro_0001",
      state: "pending",
      willRun: ["fetch_trips", "publish"],
      note: expect.stringContaining("A person must approve it") as unknown,
    });
    expect(asked).toEqual([
      { incidentId: "inc_0001", requester: { kind: "person", id: "mcp:ana", name: "Ana" }, afterFix: false },
    ]);
    const state = await client.callTool({ name: "remediation_get", arguments: { proposal: "pro_0001" } });
    expect(state.structuredContent).toMatchObject({ state: "pending", approvers: ["slack:U02BOB"] });
  });

  it("is answered whatever it sends: words or a result, never a broken session", async () => {
    const client = await connect(bikes);
    const anyTool = fc.oneof(fc.constantFrom(...tools.map((tool) => tool.name)), fc.string());
    const key = fc.constantFrom("dag", "run", "what", "task", "incident", "from", "connection", "__proto__");
    const anyInput = fc.dictionary(key, fc.oneof(fc.string(), fc.double(), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(anyTool, anyInput, async (name, input) => {
        const result = await client.callTool({ name, arguments: JSON.parse(JSON.stringify(input)) as typeof input });
        expect(textOf(result)).not.toBe("");
        expect(textOf(result)).not.toContain("inside Pipewright");
      }),
      { numRuns: 300 },
    );
  });
});

describe("the agent's own connection", () => {
  it("gets structured content, and errors as what they were on the other side", async () => {
    const down = () => Promise.reject(unreachable("airflow:prod"));
    const caller = await connectInMemory(
      serverOf(
        { ...bikes, airflow: { dag: down, dags: down } },
        {
          proposals: {
            propose: () => Promise.reject(new RefusedByPolicy("A rerun can't help; nothing was proposed.", "Fix it.")),
            get: () => Promise.resolve(null),
            ofIncident: () => Promise.resolve([]),
          },
        },
      ),
    );
    closers.push(() => caller.close());
    expect(await caller.call("incident_list", {})).toMatchObject({ total: 1 });
    await expect(caller.call("airflow_get_run", { dag: "bikes_daily" })).rejects.toMatchObject({
      code: "upstream",
      reason: "unreachable",
      retryable: true,
      message: "airflow:prod does not answer.",
      fix: "Its operator should look.",
    });
    await expect(caller.call("remediation_propose", { incident: "inc_0001" })).rejects.toMatchObject({
      code: "refused",
      message: "A rerun can't help; nothing was proposed.",
    });
    await expect(caller.call("incident_get", { incident: "inc_2" })).rejects.toMatchObject({ code: "input" });
  });
});
