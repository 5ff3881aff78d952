import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createApprovalsDesk, DeskReply, localPerson } from "../../src/flows/approvals-desk.js";
import { listenForBridge } from "../../src/mcp/bridge/holder-socket.js";
import { askDesk } from "../../src/mcp/bridge/reach-holder.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { ana, createWorld, type World } from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";

let world: World;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await world.close();
});

async function open(approvers: readonly string[] = ["cli:carl"]) {
  const airflow = createFakeAirflow([{ id: "load", state: "failed" }]);
  world = await createWorld({ airflow, rules: [plainRule({ approvers })] });
  world.people.set("cli:carl", {
    id: "cli:carl",
    platform: "cli",
    displayName: "carl (command line)",
    standing: "member",
  });
  return airflow;
}

function desk(wake = () => {}) {
  const { store, approvals, clock } = world;
  return createApprovalsDesk({ store, approvals, clock, logger: silentLogger, localUser: "carl", wake });
}

const approve = (id: string, user = "carl") => ({ do: "decide", id, verdict: "approved", reason: null, user });

describe("the approvals desk", () => {
  it("lists what waits, approves it, has its card drawn again, and shows what came of it", async () => {
    const airflow = await open();
    let woken = 0;
    const ask = desk(() => {
      woken += 1;
    });
    const proposal = await world.propose();
    expect(await ask({ do: "list", all: false })).toMatchObject({
      rows: [{ id: proposal.id, state: "pending", title: "invoices / load", mayDecide: ["cli:carl"], askedBy: [] }],
    });
    expect(await ask(approve(proposal.id))).toMatchObject({
      kind: "decided",
      row: { state: "approved", execution: "queued", decisions: [{ by: "cli:carl", verdict: "approved" }] },
    });
    expect(woken).toBe(1);
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1]"]);
    expect(world.published).toContain("inc_1");
    expect(await ask({ do: "show", id: proposal.id })).toMatchObject({ rows: [{ execution: "recovered" }] });
    expect(await ask({ do: "list", all: false })).toEqual({ kind: "rows", rows: [] });
    expect(await ask({ do: "list", all: true })).toMatchObject({ rows: [{ id: proposal.id, state: "spent" }] });
  });

  it("keeps a reason with a denial", async () => {
    const airflow = await open();
    const proposal = await world.propose();
    const denied = { do: "decide", id: proposal.id, verdict: "denied", reason: "the source is down", user: "carl" };
    expect(await desk()(denied)).toMatchObject({
      row: { state: "denied", decisions: [{ reason: "the source is down" }] },
    });
    await world.drive();
    expect(airflow.effects).toEqual([]);
  });

  it("lets nobody decide whom the policy does not name, or who is not the user it runs as", async () => {
    const airflow = await open([ana.id]);
    const proposal = await world.propose();
    expect(await desk()(approve(proposal.id))).toMatchObject({ kind: "refused", row: { state: "pending" } });
    expect(await desk()(approve(proposal.id, "root"))).toMatchObject({
      kind: "refused",
      message: expect.stringContaining("runs as carl"),
    });
    await world.drive();
    expect(airflow.effects).toEqual([]);
  });

  it("breaks the glass for whom the policy lets, with a reason, over a quorum that one alone can't reach", async () => {
    const airflow = createFakeAirflow([{ id: "load", state: "failed" }]);
    const breakGlass = { people: ["cli:carl"], announce: "slack:C0AUDIT", reviewHours: 24 };
    world = await createWorld({ airflow, rules: [plainRule({ approvers: [ana.id], quorum: 2 })], breakGlass });
    world.people.set("cli:carl", localPerson("carl"));
    const { id } = await world.propose();
    const glass = { ...approve(id), breakGlass: true };
    expect(await desk()(approve(id))).toMatchObject({ kind: "refused", row: { state: "pending" } });
    expect(await desk()(glass)).toMatchObject({ kind: "refused", message: expect.stringContaining("needs a reason") });
    const reason = "the regulator's report is due at six";
    expect(await desk()({ ...glass, reason })).toMatchObject({ kind: "decided", row: { decisions: [{ reason }] } });
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1]"]);
    expect(world.announced).toEqual([id]);
    expect((await world.proposal(id)).decision?.breakGlass?.reviewBy).toBe("2026-03-02T08:00:00.000Z");
  });

  it("says so when there is no such approval, or the question is not understood", async () => {
    await open();
    expect(await desk()({ do: "show", id: "pro_none" })).toMatchObject({ kind: "unknown" });
    expect(await desk()(approve("pro_none"))).toMatchObject({ kind: "unknown" });
    for (const nonsense of [null, "list", { do: "execute" }, { ...approve("x"), more: 1 }]) {
      expect(await desk()(nonsense)).toMatchObject({ kind: "unknown" });
    }
  });
});

describe("the desk of a running bot", () => {
  async function listen(withDesk: boolean): Promise<string> {
    const dataDir = await mkdtemp(join(tmpdir(), "desk-"));
    undo.push(() => rm(dataDir, { recursive: true, force: true }));
    const holder = await listenForBridge({
      dataDir,
      shortDir: tmpdir(),
      createServer: () => {
        throw new Error("nobody opens a session here");
      },
      ...(withDesk ? { desk: desk() } : {}),
      clock: world.clock,
      logger: silentLogger,
    });
    undo.push(() => holder.close());
    return dataDir;
  }

  it("is reached through its socket, by several at once, and decides once", async () => {
    const airflow = await open();
    const dataDir = await listen(true);
    const proposal = await world.propose();
    const replies = await Promise.all([1, 2, 3].map(() => askDesk(dataDir, approve(proposal.id))));
    const kinds = replies.map((reply) => DeskReply.parse(reply).kind);
    expect(kinds.toSorted()).toEqual(["decided", "refused", "refused"]);
    await world.drive();
    expect(airflow.effects).toEqual(["clear load[-1]"]);
  });

  it("is not kept by a holder that carries nothing out, nor where nobody holds the folder", async () => {
    await open();
    expect(await askDesk(await listen(false), { do: "list", all: false })).toBeNull();
    expect(await askDesk(join(tmpdir(), "no-such-folder"), { do: "list", all: false })).toBeNull();
  });
});
