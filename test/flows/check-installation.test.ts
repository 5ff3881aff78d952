import sinon from "sinon";
import { describe, expect, it } from "vitest";
import type { ChatAdapter } from "../../src/chat/adapter.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { AirflowReader, AirflowWriter, Connections, DatabricksReader } from "../../src/core/ports.js";
import type { Rule } from "../../src/core/remediation/rule.js";
import { type CheckDeps, checkInstallation } from "../../src/flows/check-installation.js";

const refused = new UpstreamError(
  "Airflow airflow:prod refused the token (403).",
  "Its administrator must give AIRFLOW_TOKEN the Viewer role.",
  "forbidden",
  false,
  false,
);

function airflow(
  over: Partial<AirflowReader> = {},
  writer: Partial<AirflowWriter> | null = null,
): Connections["airflow"] {
  const reader = { version: sinon.stub().resolves("3.3.2"), dags: sinon.stub().resolves([{}, {}]), ...over };
  return new Map([
    ["airflow:prod", { reader: reader as unknown as AirflowReader, writer: writer as AirflowWriter | null }],
  ]);
}

const databricks = (over: Partial<DatabricksReader> = {}): Connections["databricks"] =>
  new Map([
    [
      "databricks:eu",
      {
        reader: { whoAmI: sinon.stub().resolves("reader@example.com"), ...over } as unknown as DatabricksReader,
        writer: null,
      },
    ],
  ]);

const standings: Readonly<Record<string, string>> = { "slack:U1": "member", "slack:U2": "guest" };

const chat = (missing: readonly string[]) =>
  ({
    platform: "slack",
    check: sinon.stub().resolves(missing),
    async lookUp(id: string) {
      const standing = standings[id];
      if (standing === undefined) throw refused;
      return { id, platform: "slack", displayName: id.slice(-1), standing };
    },
  }) as unknown as ChatAdapter;

const people = {
  policy: { approvers: ["slack:U1"], rules: [], breakGlass: null },
  canSignIn: true,
  emailDomains: ["example.com"],
  reading: [],
  homes: ["slack:C1"],
};

const whole: CheckDeps = {
  connections: { airflow: airflow(), databricks: databricks() },
  adapters: [chat([])],
  people,
  notes: [],
};
const lines = async (over: Partial<CheckDeps>) =>
  (await checkInstallation({ ...whole, ...over })).map(({ level, subject, words }) => `${level} ${subject}: ${words}`);

describe("doctor", () => {
  it("finds nothing to mend in a whole installation", async () => {
    expect(await lines({})).toEqual([
      "ok airflow:prod: Airflow 3.3.2 answers; 2 DAGs can be read.",
      "ok databricks:eu: Databricks answers; reading as reader@example.com.",
      "ok slack: Ready to post.",
      "ok approvals: 1 (slack:U1) may approve.",
      "note approvals: Deciding by `pipewright approvals` is off: no cli:<user> is named.",
      "ok reading: Every member may read about every DAG.",
    ]);
  });

  it("says whose move it is where an answer is refused, and goes on with the rest", async () => {
    const found = await lines({
      connections: { airflow: airflow({ dags: sinon.stub().rejects(refused) }), databricks: databricks() },
    });
    expect(found[0]).toBe(
      "fix airflow:prod: Airflow airflow:prod refused the token (403). Its administrator must give AIRFLOW_TOKEN the Viewer role.",
    );
    expect(found[1]).toContain("ok databricks:eu");
  });

  it("asks what the write credentials may do, without writing", async () => {
    const writer = {
      canWrite: sinon.stub().resolves({ ok: false, detail: "may not clear tasks: give it the Op role" }),
      clear: sinon.stub(),
      setSuccess: sinon.stub(),
    };
    const found = await lines({ connections: { airflow: airflow({}, writer), databricks: databricks() } });
    expect(found).toContain("fix airflow:prod, writing: may not clear tasks: give it the Op role");
    sinon.assert.notCalled(writer.clear);
    sinon.assert.notCalled(writer.setSuccess);
  });

  it("names every missing scope of the chat, and that nobody may approve", async () => {
    const found = await lines({
      adapters: [chat(["The scope chat:write is missing: add it and install the app again."])],
      people: { ...people, policy: { ...people.policy, approvers: [] } },
    });
    expect(found).toContain("fix slack: The scope chat:write is missing: add it and install the app again.");
    expect(found.join("\n")).toContain("fix approvals: Nobody may approve.");
  });

  it("says who may approve what, who of them can't, and what is off", async () => {
    const rule = {
      name: "ledger",
      connection: null,
      dag: "ledger_*",
      approvers: ["slack:U2", "console:cleo", "cli:ops"],
    };
    const policy = {
      approvers: ["slack:U1", "slack:U9", "teams:aad-1"],
      rules: [rule as unknown as Rule],
      breakGlass: { people: ["slack:U1"], announce: null, reviewHours: 24 },
    };
    const found = await lines({ people: { ...people, policy, canSignIn: false, emailDomains: [] } });
    expect(found.filter((line) => line.includes(" approvals: "))).toEqual([
      "ok approvals: 1 (slack:U1), slack:U9, teams:aad-1 may approve where no rule says otherwise.",
      "ok approvals: slack:U2, console:cleo, cli:ops may approve by rule ledger (every connection, ledger_*).",
      "ok approvals: 1 (slack:U1) may break the glass.",
      expect.stringContaining("fix approvals: slack:U9 can't approve: Airflow"),
      "note approvals: teams:aad-1 can't approve: that chat is not connected.",
      "fix approvals: slack:U2 can't approve: is a guest there. Name a member.",
      "note approvals: console:cleo can't approve: nobody signs in to the console (PIPEWRIGHT_OIDC_ISSUER).",
      "note approvals: The console only shows: no sign-in is configured (PIPEWRIGHT_OIDC_ISSUER).",
      "note approvals: One human on two platforms is known by people in the YAML only.",
    ]);
  });

  it("says when none of those who are named can approve", async () => {
    const policy = { approvers: ["teams:aad-1"], rules: [], breakGlass: null };
    expect((await lines({ people: { ...people, policy } })).join("\n")).toContain("fix approvals: None of those");
    expect((await lines({})).join("\n")).not.toContain("None of those");
  });

  it("says who may read what, and where no thread is opened", async () => {
    const reading = [
      { connection: null, dag: "finance_*", channels: ["slack:C1"], people: null },
      { connection: "airflow:prod", dag: "payroll", channels: null, people: ["slack:U1"] },
    ];
    const found = await lines({ people: { ...people, reading } });
    expect(found.filter((line) => line.includes(" reading: "))).toEqual([
      "ok reading: Rule 1 (every connection, finance_*): members may read in slack:C1.",
      "note reading: Rule 2 (airflow:prod, payroll): slack:U1 may read in private. No thread is opened for them: slack:C1 is not among those channels.",
    ]);
  });

  it("shows no stack of an error it did not expect", async () => {
    const found = await lines({
      connections: {
        airflow: airflow({ version: sinon.stub().rejects(new TypeError("x is not a function")) }),
        databricks: databricks(),
      },
    });
    expect(found[0]).not.toContain("not a function");
  });
});
