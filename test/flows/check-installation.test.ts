import sinon from "sinon";
import { describe, expect, it } from "vitest";
import type { ChatAdapter } from "../../src/chat/adapter.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { AirflowReader, AirflowWriter, Connections, DatabricksReader } from "../../src/core/ports.js";
import { checkInstallation } from "../../src/flows/check-installation.js";

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

const chat = (missing: readonly string[]) =>
  ({ platform: "slack", check: sinon.stub().resolves(missing) }) as unknown as ChatAdapter;

const whole = {
  connections: { airflow: airflow(), databricks: databricks() },
  adapters: [chat([])],
  approvers: ["slack:U1"],
  notes: [],
};
const lines = async (over: Partial<typeof whole>) =>
  (await checkInstallation({ ...whole, ...over })).map(({ level, subject, words }) => `${level} ${subject}: ${words}`);

describe("doctor", () => {
  it("finds nothing to mend in a whole installation", async () => {
    expect(await lines({})).toEqual([
      "ok airflow:prod: Airflow 3.3.2 answers; 2 DAGs can be read.",
      "ok databricks:eu: Databricks answers; reading as reader@example.com.",
      "ok slack: Ready to post.",
      "ok approvals: slack:U1 may approve.",
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
      approvers: [],
    });
    expect(found).toContain("fix slack: The scope chat:write is missing: add it and install the app again.");
    expect(found.at(-1)).toContain("fix approvals: Nobody may approve.");
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
