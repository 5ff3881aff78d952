import { describe, expect, it } from "vitest";
import { askingPeople, isModel, isOfModelOnly, isRealPerson, requesterIds } from "../../../src/core/approval/askers.js";
import {
  hasOpenRequest,
  hasStarted,
  isUnsent,
  mayHaveArrived,
  requestOf,
  withExecution,
  withRequest,
  withTrail,
} from "../../../src/core/approval/execution.js";
import { ownRunId, ownToken } from "../../../src/core/approval/own-keys.js";
import type { SentRequest } from "../../../src/core/approval/proposal.js";
import { proposalRow } from "./proposal-row.js";

const approved = proposalRow({ state: "approved" });
const empty = { state: "queued", startedAt: null, endedAt: null, trail: [], outcome: null };

function request(state: SentRequest["state"], key = "0:clear"): SentRequest {
  return { key, state, attempt: 1, intendedAt: "", settledAt: null, before: [], answer: null };
}

describe("what is known of an execution", () => {
  it("begins with nothing sent", () => {
    expect(requestOf(approved, "0:clear")).toBeNull();
    expect([hasOpenRequest(approved), hasStarted(approved), mayHaveArrived(approved)]).toEqual([false, false, false]);
    expect(isUnsent(approved)).toBe(true);
    expect(isUnsent(proposalRow())).toBe(false);
  });

  it.each([
    ["intended", true, true],
    ["done", false, true],
    ["not_done", false, false],
  ] as const)("knows a request that is %s", (state, isOpen, arrived) => {
    const row = withRequest(approved, request(state));
    expect(requestOf(row, "0:clear")?.state).toBe(state);
    expect(requestOf(row, "1:clear")).toBeNull();
    expect([hasOpenRequest(row), hasStarted(row), mayHaveArrived(row)]).toEqual([isOpen, true, arrived]);
    expect(isUnsent(row)).toBe(false);
  });

  it("keeps the latest of a request beside the others", () => {
    const row = withRequest(withRequest(withRequest(approved, request("intended")), request("done", "1:repair")), {
      ...request("done"),
      attempt: 2,
    });
    expect(row.execution?.requests?.map(({ key, state, attempt }) => [key, state, attempt])).toEqual([
      ["1:repair", "done", 1],
      ["0:clear", "done", 2],
    ]);
    expect(hasOpenRequest(row)).toBe(false);
    expect(mayHaveArrived(withRequest(row, request("not_done")))).toBe(true);
  });

  it("says a line once in a row, and changes nothing else", () => {
    const line = { at: "2026-03-01T08:00:00Z", text: "Asked to clear load" };
    const once = withTrail(approved, line);
    expect(once.execution).toEqual({ ...empty, trail: [line] });
    expect(withTrail(once, { ...line, at: "2026-03-01T08:01:00Z" })).toBe(once);
    const other = { ...line, text: "Done" };
    expect(withTrail(once, other).execution?.trail).toEqual([line, other]);
    expect(withExecution(once, { state: "running" }).execution).toEqual({ ...empty, trail: [line], state: "running" });
  });
});

describe("who asked", () => {
  const asked = (id: string, ...more: readonly string[]) =>
    proposalRow({
      plan: { ...proposalRow().plan, requester: { kind: "person", id, name: id } },
      askedBy: more,
    });

  it("is everybody, and people apart from models", () => {
    expect(requesterIds(proposalRow())).toEqual([]);
    expect(requesterIds(proposalRow({ askedBy: ["slack:EVE"] }))).toEqual(["slack:EVE"]);
    expect(requesterIds(asked("mcp:desk", "slack:EVE"))).toEqual(["mcp:desk", "slack:EVE"]);
    expect(askingPeople(asked("mcp:desk", "slack:EVE"))).toEqual(["slack:EVE"]);
    expect([isModel("mcp:desk"), isModel("slack:mcp:desk")]).toEqual([true, false]);
  });

  it("is a model alone while no person has joined it", () => {
    expect(isOfModelOnly(asked("mcp:desk"))).toBe(true);
    expect(isOfModelOnly(asked("mcp:desk", "slack:EVE"))).toBe(false);
    expect(isOfModelOnly(asked("slack:ANA"))).toBe(false);
    expect(isOfModelOnly(proposalRow())).toBe(false);
  });

  it("may say that a cause was fixed only as a person", () => {
    expect(isRealPerson({ kind: "person", id: "slack:ANA", name: "Ana" })).toBe(true);
    expect(isRealPerson({ kind: "person", id: "mcp:desk", name: "desk" })).toBe(false);
    expect(isRealPerson({ kind: "alert" })).toBe(false);
  });
});

describe("the names that a step gives to what it starts", () => {
  it("are the same again for the same approval and step, and no others", () => {
    expect(ownRunId("pro_1", 0)).toBe("pipewright__pro_1__0");
    expect(ownToken("pro_1", 2)).toBe("pipewright-pro_1-2");
  });
});
