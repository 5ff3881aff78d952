import { describe, expect, it } from "vitest";
import { stepsSeconds } from "../../../src/core/remediation/plan-times.js";
import { noGuards } from "../../../src/core/remediation/policy.js";
import type { AirflowSituation, Situation } from "../../../src/core/remediation/situation.js";
import {
  ana,
  jobTask,
  orchard,
  passing,
  planned,
  press,
  pressedBy,
  pressing,
  situation,
  status,
  task,
  vintage,
} from "./vineyard.js";

const runNow = { operator: "DatabricksRunNowOperator", renderedFields: { job_id: 31 } };
const withToken = { operator: "DatabricksRunNowOperator", renderedFields: { idempotency_token: "autumn" } };
const missing = { ...passing, category: "missing_upstream_data" } as const;
const guards = { ...noGuards, maxReruns: 2, perHours: 6, idempotent: true };

const card = (more: Partial<Situation> = {}) => planned(situation(more)).facts;
const inAirflow = (more: Partial<AirflowSituation>) => card({ airflow: vintage(more) });

describe("what will not run", () => {
  it("is what went well, and of Databricks only how many tasks", () => {
    expect(card().willNotRun).toEqual(["pick (succeeded)"]);
    const repaired = { airflow: pressedBy(withToken), databricks: pressing() };
    expect(card(repaired).willNotRun).toEqual(["pick (succeeded)", "3 Databricks tasks (succeeded)"]);
    const one = pressing({ tasks: [jobTask("crush", "SUCCESS"), jobTask("blend", "FAILED")] });
    expect(card({ ...repaired, databricks: one }).willNotRun).toEqual([
      "pick (succeeded)",
      "1 Databricks task (succeeded)",
    ]);
    const none = pressing({ tasks: [jobTask("blend", "FAILED")] });
    expect(card({ ...repaired, databricks: none }).willNotRun).toEqual(["pick (succeeded)"]);
    // A clear starts a new run, and there all of them run.
    expect(card({ airflow: pressedBy(runNow), databricks: one }).willNotRun).toEqual(["pick (succeeded)"]);
    expect(card({ airflow: null, databricks: pressing() }).willNotRun).toEqual(["3 Databricks tasks (succeeded)"]);
  });

  it("is the task that is marked done", () => {
    const facts = card({ airflow: pressedBy(runNow), databricks: pressing() });
    expect(facts.willRun).toEqual(["blend (Databricks)", "bottle", "label"]);
    expect(facts.willNotRun).toEqual(["pick (succeeded)", "press (marked done)", "3 Databricks tasks (succeeded)"]);
  });

  it("names a few mapped instances, and of many only their number", () => {
    const picks = (count: number) =>
      Array.from({ length: count }, (_, mapIndex) => task("pick", { mapIndex, state: "success" }));
    expect(inAirflow({ tasks: [...picks(4), press] }).willNotRun).toEqual(["pick[0,1,2,3] (succeeded)"]);
    expect(inAirflow({ tasks: [...picks(5), press] }).willNotRun).toEqual(["5 instances of pick (succeeded)"]);
    const wash = task("wash", { state: "success" });
    expect(inAirflow({ tasks: [...picks(4), wash, press] }).willNotRun).toEqual([
      "pick[0,1,2,3] (succeeded)",
      "wash (succeeded)",
    ]);
  });

  it("is nothing where a whole run is cleared", () => {
    const fine = task("pick", { state: "success" });
    expect(inAirflow({ roots: [], tasks: [fine], wouldClear: [fine] }).willNotRun).toEqual([]);
  });
});

describe("what will run", () => {
  it("is the whole job where it is started again, and nothing more where a run is stopped first", () => {
    expect(card({ airflow: null, databricks: pressing({ tasks: [] }) }).willRun).toEqual([
      "the whole job 31 (Databricks)",
    ]);
    const stuck = pressing({ status: status("RUNNING"), tasks: [jobTask("blend", "RUNNING")] });
    const facts = card({ requester: ana, airflow: pressedBy(withToken), databricks: stuck });
    expect(facts.willRun).toEqual(["blend (Databricks)", "press", "bottle", "label"]);
    expect(facts.stops).toEqual(["blend (Databricks)"]);
    // To stop it takes no time of its own.
    expect(facts.usualSeconds).toBe(90 + 342);
  });

  it("names map indexes in their order", () => {
    const presses = [10, 2, 9].map((mapIndex) => task("press", { mapIndex }));
    expect(inAirflow({ roots: presses.slice(0, 1), wouldClear: presses }).willRun).toEqual(["press[2,9,10]"]);
  });
});

describe("how long it takes", () => {
  it("counts each task of the longest way once, however many of its instances run", () => {
    const presses = [1, 2].map((mapIndex) => task("press", { mapIndex }));
    expect(inAirflow({ roots: presses.slice(0, 1), wouldClear: presses }).usualSeconds).toBe(300);
    expect(card()).toMatchObject({ usualSeconds: 342, alternativeSeconds: null });
  });

  it("is not said where one part was never seen to end well", () => {
    expect(inAirflow({ usualSeconds: new Map([["press", 300]]) }).usualSeconds).toBeNull();
    const unseen = pressing({}, { usualSeconds: new Map() });
    expect(card({ airflow: pressedBy(withToken), databricks: unseen }).usualSeconds).toBeNull();
    expect(card({ airflow: null, databricks: unseen })).toMatchObject({ usualSeconds: null, alternativeSeconds: 600 });
    const whole = pressing({ tasks: [] }, { usualRunSeconds: null });
    expect(card({ airflow: null, databricks: whole })).toMatchObject({ usualSeconds: null, alternativeSeconds: null });
    const never = orchard({ run: null, usualRunSeconds: null });
    expect(card({ verdict: missing, producer: never }).usualSeconds).toBeNull();
    const unknown = orchard({ usualSeconds: new Map() });
    expect(card({ verdict: missing, producer: unknown }).usualSeconds).toBeNull();
  });

  it("of two Databricks tasks is the sum, since nobody knows whether one waits for the other", () => {
    const tasks = [jobTask("crush", "FAILED"), jobTask("blend", "FAILED")];
    expect(card({ airflow: null, databricks: pressing({ tasks }) }).usualSeconds).toBe(150);
  });

  it("of a job that is started again is that of its whole run, and there is nothing to compare it with", () => {
    const facts = card({ airflow: null, databricks: pressing({ tasks: [] }) });
    expect(facts).toMatchObject({ usualSeconds: 600, alternativeSeconds: null });
    const stuck = pressing({ status: status("RUNNING"), tasks: [] });
    const instead = card({ requester: ana, airflow: null, databricks: stuck });
    expect(instead).toMatchObject({ usualSeconds: 600, alternativeSeconds: null });
  });

  it("is not known of a DAG or a run that was not read", () => {
    const [clear] = planned(situation()).steps;
    const [repair] = planned(situation({ airflow: null, databricks: pressing() })).steps;
    const [runAgain] = planned(situation({ airflow: null, databricks: pressing({ tasks: [] }) })).steps;
    const [start] = planned(situation({ verdict: missing, producer: orchard({ run: null }) })).steps;
    const unread = situation({ airflow: null });
    for (const step of [clear, repair, runAgain, start]) {
      expect(stepsSeconds(unread, step === undefined ? [] : [step])).toBeNull();
    }
    const elsewhere = { ...unread, producer: orchard({ usualSeconds: vintage().usualSeconds }) };
    expect(stepsSeconds(elsewhere, clear === undefined ? [] : [clear])).toBeNull();
  });

  it("of work that is only marked done is that of what waits behind it", () => {
    const facts = card({
      airflow: pressedBy(runNow),
      databricks: pressing({ status: status("TERMINATED", "SUCCESS") }),
    });
    expect(facts).toMatchObject({ usualSeconds: 42, alternativeSeconds: 342 });
  });

  it("is read live, at the time of the dry run", () => {
    expect(card().dryRunAt).toBe("2026-09-12T02:00:00.000Z");
  });
});

describe("the guards on the card", () => {
  it("are the cap, and what else the policy asks for", () => {
    expect(card({ guards, usedReruns: 1 }).guards).toEqual(["max 2 reruns/6 h (1 used)", "press is marked idempotent"]);
    const strict = { ...guards, maxReruns: 1, perHours: 12, coolDownMinutes: 15, fourEyes: true, idempotent: null };
    expect(card({ guards: strict }).guards).toEqual([
      "max 1 rerun/12 h (0 used)",
      "at least 15 min between reruns",
      "two people: one asks, one approves",
    ]);
  });

  it("name the DAG where no task failed, and a job without a DAG as such", () => {
    const whole = vintage({ roots: [] });
    expect(card({ guards, airflow: whole }).guards).toContain("vintage is marked idempotent");
    expect(card({ guards, airflow: null, databricks: pressing() }).guards).toContain("this job is marked idempotent");
  });
});

describe("the risk on the card", () => {
  const risk = (idempotent: boolean | null, more: Partial<Situation> = {}) =>
    card({ guards: { ...guards, idempotent }, ...more }).risk;

  it("is that it may not be safe to repeat", () => {
    expect(risk(true)).toBeNull();
    expect(risk(null)).toBe("Nobody has said whether press is safe to repeat.");
    expect(risk(false)).toBe("press is marked as not safe to repeat.");
    const alone = { airflow: null, databricks: pressing() };
    expect(risk(null, alone)).toBe("Nobody has said whether this job is safe to repeat.");
    expect(risk(false, { airflow: vintage({ roots: [], tasks: [] }) })).toBe(
      "vintage is marked as not safe to repeat.",
    );
  });

  it("is none of that where nothing is repeated: the task is only marked done", () => {
    const databricks = pressing({ status: status("TERMINATED", "SUCCESS") });
    const last = pressedBy(runNow, { wouldClear: [press] });
    expect(risk(null, { airflow: last, databricks })).toBeNull();
    expect(risk(null, { airflow: pressedBy(runNow), databricks })).toBe(
      "Nobody has said whether press is safe to repeat.",
    );
    expect(risk(null, { airflow: { ...last, tasks: [] }, databricks: pressing() })).toBe(
      "Nobody has said whether press is safe to repeat.",
    );
  });

  it("is that something else failed in the run", () => {
    const others = (...tasks: Parameters<typeof task>[]) =>
      inAirflow({ tasks: [press, ...tasks.map((args) => task(...args))] }).risk;
    expect(others(["weigh"])).toBe("weigh also failed in this run and is not part of this plan.");
    expect(others(["weigh"], ["sort"])).toBe("weigh, sort also failed in this run and are not part of this plan.");
    expect(others(["weigh"], ["sort"], ["wash"], ["stack"])).toBe(
      "weigh, sort, wash also failed in this run and are not part of this plan.",
    );
    expect(others(["weigh", { state: "upstream_failed" }])).toBeNull();
    expect(others(["press", { mapIndex: 4 }])).toBe("press[4] also failed in this run and is not part of this plan.");
  });

  it("is that nobody can see which other DAGs would start", () => {
    const { assets: _, ...unread } = vintage();
    expect(card({ airflow: unread }).risk).toBe("Which other DAGs its assets start can't be read.");
    expect(card({ airflow: null, databricks: pressing() }).risk).toBeNull();
    expect(card({ airflow: null, databricks: pressing(), requester: ana, afterFix: true }).risk).toBeNull();
  });

  it("says each of them, the plan's own first", () => {
    const { assets: _, ...unread } = vintage({
      tasks: [press, task("weigh")],
      roots: [task("press", runNow)],
      canRunLatestVersion: false,
    });
    expect(risk(null, { airflow: unread, requester: ana, afterFix: true })).toBe(
      [
        "The last Databricks run can't be found; if it still goes on, a new one runs beside it.",
        "weigh also failed in this run and is not part of this plan.",
        "Nobody has said whether press is safe to repeat.",
        "Which other DAGs its assets start can't be read.",
        "This Airflow runs a cleared task on its current DAG files; the fix must be deployed there.",
      ].join(" "),
    );
  });
});

describe("what the rerun touches besides", () => {
  it("is the DAGs that its assets start, and the machines that it takes", () => {
    const wine = { name: "wine", producers: [{ dagId: "vintage", taskId: "label" }], startsDags: ["shop"] };
    const airflow = pressedBy(withToken, { assets: [wine] });
    const facts = card({ airflow, databricks: pressing({}, { machines: 4 }) });
    expect(facts.alsoStarts).toEqual(["shop (by wine)"]);
    expect(facts.cost).toEqual({ machines: 4, seconds: 90 });
    expect(facts.stops).toEqual([]);
  });
});
