import { describe, expect, it } from "vitest";
import { evidenceCard, incidentCard, reasonsCard } from "../../../src/chat/cards/index.js";
import { buttonsOf, cardText } from "./card-text.js";
import { failure, incident, now, proposal, verdict } from "./examples.js";

const waiting = { proposal, now, mayDecide: "Ben or Cleo" };

describe("the root message of an incident", () => {
  it("says what broke, the cause with its confidence, what is blocked, and who may approve until when", () => {
    expect(cardText(incidentCard(incident, waiting))).toEqual([
      "● FAILED ledger_nightly / close_books",
      "Spot loss took the driver of cluster 0304-021 while sum_up ran; the data is fine, a repair should pass. (compute failure, high confidence)",
      "3 downstream tasks blocked: make_report, mail_report, archive",
      "Awaiting approval by Ben or Cleo, until <2026-03-04T03:21:10Z>. The rerun is in the thread.",
      "airflow:main · run scheduled <2026-03-04T02:00:00Z> · try 3 of 3 · owner @finance-data · opened <2026-03-04T02:20:30Z>",
      "[Open in Airflow] [Mute 4 h]",
    ]);
  });

  it("says that it is still diagnosing before there is a verdict", () => {
    const card = incidentCard(
      { ...incident, state: "open", verdict: null, proposalId: null, blocked: [] },
      { proposal: null, now },
    );
    expect(cardText(card)[1]).toBe("Diagnosing: reading the log and the run.");
    expect(card.fallback).toBe("● FAILED ledger_nightly / close_books: looking for the cause");
    expect(buttonsOf(card)).toEqual(["open"]);
  });

  it("turns to recovered with the time it took and who approved", () => {
    const recovered = incidentCard(
      { ...incident, state: "recovered", proposalId: null, recoveredAt: "2026-03-04T02:26:30Z" },
      {
        now,
        proposal: {
          ...proposal,
          state: "spent",
          decision: {
            verdict: "approved",
            personId: "slack:U0BEN",
            personName: "Ben",
            at: "2026-03-04T02:23:00Z",
            reason: null,
          },
          execution: {
            state: "recovered",
            startedAt: null,
            endedAt: null,
            trail: [],
            outcome: "All 3 tasks succeeded.",
          },
        },
      },
    );
    expect(cardText(recovered)[0]).toBe("✓ RECOVERED ledger_nightly / close_books");
    expect(cardText(recovered)[2]).toBe("Recovered in 6 min by the rerun, approved by Ben at <2026-03-04T02:23:00Z>.");
    expect(recovered.tone).toBe("recovered");
    expect(buttonsOf(recovered)).toEqual(["open"]);
  });

  it("says why no rerun helps and offers a rerun only for when it is fixed", () => {
    const card = incidentCard(
      {
        ...incident,
        verdict: { ...verdict, category: "schema_drift", rerunHelps: "no" },
        proposalId: null,
        noRerunBecause: "Column `promo` is gone; the producer's team must decide.",
      },
      { proposal: null, now },
    );
    expect(cardText(card)).toContain("No rerun: Column promo is gone; the producer's team must decide.");
    expect(cardText(card).at(-1)).toBe("[Open in Airflow] [It is fixed: propose rerun] [Mute 4 h]");
  });

  it("does not ask whether it is fixed where only a limit stood against the rerun", () => {
    const card = incidentCard(
      { ...incident, proposalId: null, noRerunBecause: "2 reruns of the last 6 h are used up." },
      { proposal: null, now },
    );
    expect(cardText(card).at(-1)).toBe("[Open in Airflow] [Propose rerun] [Mute 4 h]");
  });

  it("says not sure instead of a category when it abstained, and what to look at", () => {
    const unsure = {
      ...verdict,
      outcome: "abstained",
      category: "unknown",
      summary: "close_books ended without a reason.",
      nextStep: "Look at the pod's events.",
    } as const;
    const card = incidentCard({ ...incident, verdict: unsure, proposalId: null }, { proposal: null, now });
    expect(cardText(card)[1]).toBe("Not sure yet. close_books ended without a reason.");
    expect(cardText(card)).toContain("Next: Look at the pod's events.");
  });

  it("tells an expired proposal, a denial and an uncertain execution apart", () => {
    const stateOf = (changed: Partial<typeof proposal>) =>
      cardText(incidentCard(incident, { now, proposal: { ...proposal, ...changed } }))[3];
    expect(stateOf({ state: "expired" })).toBe("The rerun proposal expired undecided. Refresh it in the thread.");
    expect(stateOf({ expiresAt: "2026-03-04T02:21:30Z" })).toBe(
      "The rerun proposal expired undecided. Refresh it in the thread.",
    );
    const denied = {
      verdict: "denied",
      personId: "slack:U0BEN",
      personName: "Ben",
      at: "2026-03-04T02:23:00Z",
      reason: "month end",
    } as const;
    expect(stateOf({ state: "denied", decision: denied })).toBe("Rerun denied by Ben: month end");
    expect(
      stateOf({
        state: "spent",
        execution: { state: "uncertain", startedAt: null, endedAt: null, trail: [], outcome: null },
      }),
    ).toBe("Needs a person: It is unclear whether the rerun was started. Look before trying again.");
  });

  it("gathers the failed map indexes and names other DAGs with the same cause", () => {
    const mapped = [3, 7].map((mapIndex) => ({ ...failure, taskId: "fetch", mapIndex }));
    const lines = cardText(
      incidentCard({ ...incident, blocked: [], failures: [...mapped, { ...failure, dagId: "tax_nightly" }] }, waiting),
    );
    expect(lines.join("\n")).toContain("fetch[3,7]");
    expect(lines[2]).toBe("same cause in tax_nightly");
  });

  it("stays under twelve lines with everything on it", () => {
    const full = {
      ...incident,
      failures: [failure, { ...failure, dagId: "tax_nightly" }],
      mutedUntil: "2026-03-04T06:00:00Z",
    };
    expect(cardText(incidentCard(full, waiting)).length).toBeLessThan(12);
  });

  it("carries the mark of simulated data for the adapters", () => {
    expect(incidentCard({ ...incident, simulated: true }, waiting).simulated).toBe(true);
  });
});

describe("the thread", () => {
  it("quotes at most eight lines of evidence with their line numbers", () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      id: `E${index + 1}`,
      source: "log",
      line: 10 + index,
      text: `line ${index}`,
    }));
    const lines = cardText(
      evidenceCard({ ...incident, verdict: { ...verdict, evidence: many } }, { hidesValues: false }),
    );
    expect(lines).toHaveLength(9);
    expect(lines[1]).toBe("E1 log:10 line 0");
  });

  it("says why this cause, what else was considered, what is blocked and what to do", () => {
    expect(cardText(reasonsCard(incident))).toEqual([
      "Why this cause: compute failure by the signature spot-loss, high confidence; E1 shows it and names 0304-021.",
      "Also considered",
      "• out of memory: no OutOfMemoryError and memory stayed below 60 %",
      "Blocked downstream: make_report, mail_report, archive",
      "What to do: Approve the repair below.",
    ]);
  });
});
