import { describe, expect, it } from "vitest";
import type { Proposal } from "../../../src/core/approval/proposal.js";
import type { TaskFailure } from "../../../src/core/failure.js";
import { finalFingerprint } from "../../../src/core/fingerprint.js";
import type { Incident } from "../../../src/core/incident.js";
import { areSameCause, endingOf, historyOf } from "../../../src/core/memory.js";
import type { Verdict } from "../../../src/core/verdict.js";
import { failure as example, proposal as exampleProposal } from "../cards/examples.js";
import { incident, verdict } from "../tools/literal-world.js";

function about(dagId: string, given: Partial<Verdict>, over: Partial<Incident> = {}): Incident {
  const failure: TaskFailure = { ...example, connection: "airflow:prod", dagId, taskId: "pull" };
  const found = verdict(given);
  return incident({
    id: `inc_${dagId}`,
    dagId,
    failures: [failure],
    verdict: found,
    fingerprint: finalFingerprint(failure, found),
    ...over,
  });
}

describe("which earlier incidents are of the same cause", () => {
  const drift = { signature: "column-missing", object: "promo_code", normalisedException: "KeyError: 'promo_code'" };
  const spot = { signature: "spot-loss", normalisedException: "DRIVER_UNAVAILABLE" };
  const unknown = {
    outcome: "abstained" as const,
    signature: null,
    object: null,
    normalisedException: "ValueError: bad <n>",
  };
  const said = (text: string, given: Partial<Verdict> = {}): Partial<Verdict> => ({
    signature: "family-network",
    object: null,
    normalisedException: text.split(":", 1)[0] ?? null,
    evidence: [{ id: "E1", source: "log", line: 7, text }],
    ...given,
  });
  const gateway = "GatewayError: partner gateway closed the session while page 7 of 40 was fetched";
  it.each([
    [
      "another class of exception around the same words, in the same DAG",
      about("a", said(gateway)),
      about("a", said("PageError: partner gateway closed the session while page 12 of 44 was fetched")),
      true,
    ],
    [
      "the same words in another DAG",
      about("a", said(gateway)),
      about("b", said("PageError: partner gateway closed the session while page 12 of 44 was fetched")),
      false,
    ],
    [
      "a look-alike that shares half of the words, in the same DAG",
      about("a", said(gateway)),
      about("a", said("PageError: partner gateway refused the login while page 7 of 40 was asked for")),
      false,
    ],
    [
      "two messages too short to be told apart",
      about("a", said("GatewayError: session closed")),
      about("a", said("PageError: session closed")),
      false,
    ],
    [
      "the same words about another object",
      about("a", said(gateway, { object: "partner-a" })),
      about("a", said(gateway.replace("Gateway", "Page"), { object: "partner-b" })),
      false,
    ],
    ["the same object and signature in another DAG", about("a", drift), about("b", drift), true],
    [
      "the same object, the exception in other words",
      about("a", drift),
      about("b", { ...drift, normalisedException: "AnalysisException" }),
      true,
    ],
    ["another object", about("a", drift), about("b", { ...drift, object: "discount_code" }), false],
    ["another object in the same DAG", about("a", drift), about("a", { ...drift, object: "discount_code" }), false],
    ["another signature on the same object", about("a", drift), about("a", { ...drift, signature: "no-grant" }), false],
    [
      "another cluster of the same DAG",
      about("a", { ...spot, object: "1122-033412-abcd12" }),
      about("a", { ...spot, object: "1121-033409-wxyz34" }),
      true,
    ],
    [
      "another day's partition of the same table",
      about("a", { ...drift, object: "orders/2026-11-22" }),
      about("a", { ...drift, object: "orders/2026-11-21" }),
      true,
    ],
    [
      "another day's partition in another DAG",
      about("a", { ...drift, object: "orders/2026-11-22" }),
      about("b", { ...drift, object: "orders/2026-11-21" }),
      false,
    ],
    ["what was never explained, in another DAG", about("a", unknown), about("b", unknown), false],
    ["what was never explained, in the same DAG", about("a", unknown), about("a", unknown), true],
    [
      "what left no trace at all, in the same task",
      about("a", { ...unknown, normalisedException: null }),
      about("a", { ...unknown, normalisedException: null }),
      false,
    ],
  ])("%s", (_words, one, other, same) => {
    expect(areSameCause({ ...one, id: "inc_1" }, other)).toBe(same);
  });
});

describe("what earlier endings teach", () => {
  const clear = {
    do: "airflow_clear",
    connection: "c",
    dagId: "a",
    runId: "r",
    tasks: [],
    runOnLatestVersion: null,
  } as const;
  const ended = (state: "recovered" | "failed", over: Partial<Proposal["plan"]> = {}): Proposal => ({
    ...exampleProposal,
    plan: { ...exampleProposal.plan, steps: [clear], ...over },
    state: "spent",
    execution: { state, startedAt: null, endedAt: null, trail: [], outcome: null },
  });
  const over = (id: string, day: string, proposals: readonly Proposal[]) => {
    const ending = endingOf(
      about("a", {}, { id, state: "recovered", recoveredAt: `2026-11-${day}T05:00:00Z` }),
      proposals,
    );
    if (ending === null) throw new Error("it ended");
    return ending;
  };

  it("counts what helped and what did not", () => {
    const history = historyOf([
      over("inc_3", "03", [ended("recovered")]),
      over("inc_9", "09", [ended("failed"), ended("recovered")]),
      over("inc_5", "05", []),
    ]);
    expect(history).toEqual({
      times: 3,
      words:
        "Seen 3 times before: twice a clear helped, once it went well without a rerun by Pipewright, once a rerun did not help",
      lastAt: "2026-11-09T05:00:00Z",
      lastIncidentId: "inc_9",
    });
  });

  it("tells a rerun after a fix and a repair from a clear", () => {
    const words = (proposal: Proposal) => historyOf([over("inc_3", "03", [proposal])])?.words;
    expect(words(ended("recovered", { afterFix: true }))).toBe("Seen once before: once a rerun after a fix helped");
    expect(words(ended("recovered", { steps: exampleProposal.plan.steps }))).toBe(
      "Seen once before: once a repair helped",
    );
  });

  it("learns nothing from an incident that still goes on", () => {
    expect(endingOf(about("a", {}), [])).toBeNull();
  });
});
