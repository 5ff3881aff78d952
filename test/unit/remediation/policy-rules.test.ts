import { describe, expect, it } from "vitest";
import type { Plan, PlannedTask } from "../../../src/core/remediation/plan.js";
import { guardsFor, guardsForPlan, namedBy } from "../../../src/core/remediation/policy.js";
import { type PolicyTarget, targetsOf } from "../../../src/core/remediation/policy-target.js";
import { isReadable } from "../../../src/core/remediation/readable-rule.js";
import type { AutoAllow, FreezeWindow, Policy, Rule } from "../../../src/core/remediation/rule.js";
import { matchedRules, weigh } from "../../../src/core/remediation/weigh.js";
import { plainRule } from "../../fixtures/plain-rule.js";

function policy(...rules: readonly Rule[]): Policy {
  return { version: "v1", approvers: ["slack:BEN", "slack:CLEO"], rules, labels: { "airflow:prod": "production" } };
}

function target(more: Partial<PolicyTarget> = {}): PolicyTarget {
  return {
    connections: ["airflow:prod"],
    dagId: "bakery_daily",
    task: "bake",
    tags: ["gold"],
    category: "network_transient",
    environment: "real",
    ...more,
  };
}

const task = (taskId: string): PlannedTask => ({
  taskId,
  mapIndex: -1,
  rowId: null,
  state: "failed",
  tryNumber: 1,
  maxTries: 0,
});
const auto: AutoAllow = {
  steps: ["airflow_clear"],
  maxReruns: 1,
  perHours: 24,
  approvedBy: "slack:BEN",
  until: "2027-01-01T00:00:00.000Z",
};
const window: FreezeWindow = { days: [], from: "00:00", to: "24:00", timezone: "UTC", until: null, reason: null };

describe("what a rule asks for", () => {
  it.each([
    ["connection", { connection: "airflow:prod" }, { connection: "airflow:lab" }],
    ["connection by a pattern", { connection: "airflow:*" }, { connection: "databricks:*" }],
    ["DAG", { dag: "bakery_*" }, { dag: "dairy_*" }],
    ["tag", { tag: "go*" }, { tag: "silver" }],
    ["task", { task: "bake" }, { task: "sell" }],
    ["category", { category: "network_transient" as const }, { category: "timeout" as const }],
    ["kind of environment", { environment: "real" }, { environment: "sandbox" }],
    ["label of the connection", { environment: "production" }, { environment: "staging" }],
  ])("is its %s", (_what, yes, no) => {
    const names = (more: Partial<Rule>) => matchedRules(policy(plainRule(more)), target()).map(({ match }) => match);
    expect(names(yes)).toEqual(["yes"]);
    expect(names(no)).toEqual([]);
    expect(names({ ...yes, dag: "nothing_like_it" })).toEqual([]);
  });

  it("may be unknown, and then it tightens and never loosens", () => {
    const strict = plainRule({
      tag: "gold",
      approvers: ["slack:BEN"],
      quorum: 2,
      fourEyes: true,
      maxReruns: 1,
      perHours: 48,
      coolDownMinutes: 10,
      expiresMinutes: 5,
      freeze: [window],
      idempotent: false,
    });
    const unknown = target({ tags: null });
    expect(guardsFor(policy(strict), [unknown])).toMatchObject({
      approvers: ["slack:BEN"],
      quorum: 2,
      fourEyes: true,
      maxReruns: 1,
      perHours: 48,
      coolDownMinutes: 10,
      expiresMinutes: 5,
      freeze: [window],
      idempotent: false,
    });
    const never = policy(plainRule({ task: "bake", allowed: false }));
    expect(guardsFor(never, [target({ task: null })]).refusal).toContain("does not allow reruns of bakery_daily");
    const loose = plainRule({
      category: "network_transient",
      approvers: ["slack:BEN", "slack:EVE"],
      maxReruns: 50,
      perHours: 1,
      expiresMinutes: 600,
      idempotent: true,
      autoAllow: auto,
    });
    expect(guardsFor(policy(loose), [target({ category: null })])).toMatchObject({
      approvers: ["slack:BEN"],
      maxReruns: 2,
      perHours: 6,
      expiresMinutes: 60,
      idempotent: null,
      standing: [],
    });
    expect(guardsFor(policy(loose), [target()])).toMatchObject({ maxReruns: 50, idempotent: true });
  });

  it("is one DAG only where there is one: a job without a DAG is meant by all DAGs alone", () => {
    const job = target({ dagId: null, tags: [] });
    expect(matchedRules(policy(plainRule({ dag: "*" })), job)).toHaveLength(1);
    expect(matchedRules(policy(plainRule({ dag: "b*" })), job)).toHaveLength(0);
    expect(matchedRules(policy(plainRule({ tag: "gold" })), job)).toHaveLength(0);
  });
});

describe("the rules that won", () => {
  it("are named for each guard; without a name by their place, and nobody for a default", () => {
    const weighed = weigh(
      policy(
        plainRule({ name: "bakery", quorum: 2, maxReruns: 3 }),
        plainRule({ quorum: 2, maxReruns: 1, allowed: false, freeze: [window] }),
        plainRule({ name: "elsewhere", dag: "dairy_*", quorum: 9 }),
      ),
      target(),
    );
    expect(weighed.quorum).toEqual({ value: 2, by: ["bakery", "rule 2"] });
    expect(weighed.maxReruns).toEqual({ value: 1, by: ["rule 2"] });
    expect(weighed.perHours).toEqual({ value: 6, by: [] });
    expect(weighed.freeze).toEqual({ value: [window], by: ["rule 2"] });
    expect(weighed.approvers).toEqual({ value: ["slack:BEN", "slack:CLEO"], by: [] });
    expect(weighed.refusal).toEqual({
      value: "The policy does not allow reruns of bakery_daily on airflow:prod.",
      by: ["rule 2"],
    });
    expect(weigh(policy(plainRule({ name: "pair", fourEyes: true }), plainRule({})), target()).fourEyes).toEqual({
      value: true,
      by: ["pair"],
    });
    const job = target({ dagId: null, connections: ["airflow:prod", "databricks:eu"] });
    expect(weigh(policy(plainRule({ allowed: false })), job).refusal.value).toBe(
      "The policy does not allow reruns of this job on airflow:prod and databricks:eu.",
    );
    const broken = weigh(policy(plainRule({}), plainRule({ name: "torn", quorum: 0 })), target());
    expect(broken.refusal.by).toEqual(["torn"]);
  });

  it("say that it is safe to repeat, or a tag does; one that says it is not wins", () => {
    const said = (rules: readonly Rule[], ...tags: string[]) => weigh(policy(...rules), target({ tags })).idempotent;
    const yes = plainRule({ name: "yes", idempotent: true });
    expect(said([])).toEqual({ value: null, by: [] });
    expect(said([yes])).toEqual({ value: true, by: ["yes"] });
    expect(said([], "pipewright:idempotent")).toEqual({ value: true, by: ["tag pipewright:idempotent"] });
    expect(said([yes], "pipewright:not-idempotent")).toEqual({ value: false, by: ["tag pipewright:not-idempotent"] });
    expect(said([yes, plainRule({ name: "no", idempotent: false })], "pipewright:idempotent").value).toBe(false);
  });

  it("want more people where nobody has said that it is safe to repeat", () => {
    const pairs = plainRule({ name: "pairs", quorumUnlessIdempotent: 2 });
    expect(weigh(policy(pairs), target()).quorum).toEqual({ value: 2, by: ["pairs"] });
    expect(weigh(policy(pairs, plainRule({ idempotent: false })), target()).quorum.value).toBe(2);
    expect(weigh(policy(pairs, plainRule({ idempotent: true })), target()).quorum).toEqual({ value: 1, by: [] });
    const three = plainRule({ name: "three", quorum: 3 });
    expect(weigh(policy(pairs, three), target()).quorum).toEqual({ value: 3, by: ["three"] });
  });

  it("approve by themselves unless one says never", () => {
    const oven = plainRule({ name: "oven", autoAllow: auto });
    expect(weigh(policy(oven), target()).standing).toEqual({ value: [{ ...auto, rule: "oven" }], by: ["oven"] });
    const never = plainRule({ name: "never", tag: "gold", autoAllow: false });
    expect(weigh(policy(oven, never), target()).standing).toEqual({ value: [], by: ["never"] });
    expect(weigh(policy(oven, never), target({ tags: null })).standing.value).toEqual([]);
    expect(weigh(policy(oven, never), target({ tags: [] })).standing.value).toHaveLength(1);
  });

  it("know everybody who is named", () => {
    const breakGlass = { people: ["slack:IDA", "slack:BEN"], announce: null, reviewHours: 24 };
    expect(namedBy(guardsFor({ ...policy(), breakGlass }, [target()]))).toEqual([
      "slack:BEN",
      "slack:CLEO",
      "slack:IDA",
    ]);
    expect(namedBy(guardsFor(policy(), [target()]))).toEqual(["slack:BEN", "slack:CLEO"]);
  });
});

describe("a plan", () => {
  const plan = (more: Partial<Plan>): Plan => ({
    schema: 1,
    incidentId: "inc_1",
    environment: "real",
    requester: { kind: "alert" },
    subject: {
      connection: "airflow:prod",
      airflow: { dagId: "bakery_daily", runId: "r1", taskId: "bake", mapIndex: -1, tryNumber: 1 },
      databricksRunId: null,
    },
    steps: [],
    policyVersion: "v1",
    matchedBy: { category: "network_transient", tags: ["gold"] },
    ...more,
  });
  const home = { connection: "airflow:prod", dagId: "bakery_daily", runId: "r1" };
  const places = (one: Plan) =>
    targetsOf(one).map(({ connections, dagId, task: name, tags }) => [connections.join("+"), dagId, name, tags]);

  it("touches each task of a clear once, and every task behind one that is marked done", () => {
    expect(
      places(
        plan({
          steps: [
            {
              do: "airflow_clear",
              ...home,
              tasks: [task("bake"), task("bake"), task("sell")],
              runOnLatestVersion: null,
            },
            { do: "airflow_set_success", ...home, task: task("bake"), downstream: [task("count")] },
          ],
        }),
      ),
    ).toEqual([
      ["airflow:prod", "bakery_daily", "bake", ["gold"]],
      ["airflow:prod", "bakery_daily", "sell", ["gold"]],
      ["airflow:prod", "bakery_daily", "count", ["gold"]],
    ]);
  });

  it("touches Databricks in the name of the DAG whose task is done there", () => {
    const databricks = { connection: "databricks:eu", runId: "7", latestRepairId: null };
    expect(
      places(
        plan({
          steps: [
            { do: "databricks_repair", ...databricks, jobId: null, rerunTasks: ["aggregate"] },
            { do: "databricks_cancel", ...databricks, unfinished: ["stuck"] },
          ],
        }),
      ),
    ).toEqual([
      ["airflow:prod+databricks:eu", "bakery_daily", "aggregate", ["gold"]],
      ["airflow:prod+databricks:eu", "bakery_daily", "stuck", ["gold"]],
    ]);
    const job = { connection: "databricks:eu", airflow: null, databricksRunId: "7" };
    const again = { do: "databricks_run_now", connection: "databricks:eu", jobId: "1", insteadOf: "7" } as const;
    expect(places(plan({ subject: job, steps: [{ ...again, parameters: {} as never }] }))).toEqual([
      ["databricks:eu", null, null, []],
    ]);
  });

  it("touches the producer's DAG, whose tags nobody read, beside the failed one", () => {
    const wait = { do: "airflow_wait", connection: "airflow:prod", dagId: "mill", runId: null, tasks: [] } as const;
    const trigger = { do: "airflow_trigger", connection: "airflow:prod", dagId: "mill", logicalDate: null } as const;
    expect(places(plan({ steps: [trigger, wait] }))).toEqual([
      ["airflow:prod", "bakery_daily", "bake", ["gold"]],
      ["airflow:prod", "mill", null, null],
    ]);
    expect(places(plan({ steps: [] }))).toEqual([["airflow:prod", "bakery_daily", "bake", ["gold"]]]);
    const job = { connection: "databricks:eu", airflow: null, databricksRunId: "7" };
    expect(places(plan({ subject: job }))).toEqual([["databricks:eu", null, null, []]]);
    const { matchedBy: _, ...old } = plan({ steps: [] });
    expect(targetsOf(old)[0]).toMatchObject({ tags: null, category: null });
  });

  it("is held to the strictest guard of everything that it touches", () => {
    const trigger = { do: "airflow_trigger", connection: "airflow:prod", dagId: "mill", logicalDate: null } as const;
    const two = plan({
      steps: [trigger, { do: "airflow_clear", ...home, tasks: [task("bake")], runOnLatestVersion: null }],
    });
    const bakery = plainRule({
      name: "bakery",
      dag: "bakery_*",
      approvers: ["slack:BEN", "slack:EVE"],
      quorum: 2,
      maxReruns: 5,
      perHours: 1,
      coolDownMinutes: 9,
      expiresMinutes: 600,
      idempotent: true,
      autoAllow: auto,
      freeze: [window],
    });
    const mill = plainRule({
      name: "mill",
      dag: "mill",
      approvers: ["slack:EVE", "slack:IDA"],
      fourEyes: true,
      maxReruns: 1,
      perHours: 12,
      coolDownMinutes: 3,
      expiresMinutes: 30,
      freeze: [window],
    });
    expect(guardsForPlan(policy(bakery, mill), two)).toMatchObject({
      refusal: null,
      approvers: ["slack:EVE"],
      quorum: 2,
      fourEyes: true,
      maxReruns: 1,
      perHours: 12,
      coolDownMinutes: 9,
      expiresMinutes: 30,
      idempotent: null,
      standing: [],
      freeze: [window],
    });
    expect(guardsForPlan(policy(mill, bakery), two)).toEqual(guardsForPlan(policy(bakery, mill), two));
    expect(guardsForPlan(policy(plainRule({ dag: "mill", allowed: false })), two).refusal).toBe(
      "The policy does not allow reruns of mill on airflow:prod.",
    );
    const both = [plainRule({ idempotent: true }), plainRule({ name: "all", autoAllow: auto })];
    expect(guardsForPlan(policy(...both), two)).toMatchObject({ idempotent: true, standing: [{ rule: "all" }] });
    const not = plainRule({ dag: "mill", idempotent: false });
    expect(guardsForPlan(policy(plainRule({ dag: "b*", idempotent: true }), not), two).idempotent).toBe(false);
    expect(
      guardsForPlan(
        policy(plainRule({ dag: "mill", idempotent: true }), plainRule({ dag: "b*", idempotent: false })),
        two,
      ).idempotent,
    ).toBe(false);
  });
});

describe("a rule that can't mean what it says", () => {
  const odd = <T>(value: unknown): T => value as T;
  it.each<[string, Partial<Rule>]>([
    ["a quorum of nobody", { quorum: 0 }],
    ["half a quorum", { quorumUnlessIdempotent: Number.NaN }],
    ["a negative cap", { maxReruns: -1 }],
    ["an endless cap", { maxReruns: Number.POSITIVE_INFINITY }],
    ["no hours", { perHours: 0 }],
    ["a negative cool-down", { coolDownMinutes: -1 }],
    ["no time to decide", { expiresMinutes: 0 }],
    ["an empty connection", { connection: "" }],
    ["an empty tag", { tag: "" }],
    ["an empty task", { task: "" }],
    ["an empty environment", { environment: "" }],
    ["a DAG that is no text", { dag: odd(7) }],
    ["approvers that are no list", { approvers: odd("slack:BEN") }],
    ["an approver without an id", { approvers: ["slack:BEN", ""] }],
    ["an approver that is a number", { approvers: [odd(7)] }],
    ["four eyes in words", { fourEyes: odd("yes") }],
    ["idempotent in words", { idempotent: odd("yes") }],
    ["a freeze that is no list", { freeze: odd({}) }],
    ["a day nobody knows", { freeze: [{ ...window, days: ["freitag"] }] }],
    ["a day with something before it", { freeze: [{ ...window, days: ["xfri"] }] }],
    ["a day with something behind it", { freeze: [{ ...window, days: ["frix"] }] }],
    ["a date that is none", { freeze: [{ ...window, days: ["2026-13-01"] }] }],
    ["a span with half a date", { freeze: [{ ...window, days: ["2026-12-01..2026-12"] }] }],
    ["a beginning that is no time", { freeze: [{ ...window, from: "25:00" }] }],
    ["an end that is no time", { freeze: [{ ...window, to: "noon" }] }],
    ["an end with seconds", { freeze: [{ ...window, to: "12:00:00" }] }],
    ["a beginning with a sign", { freeze: [{ ...window, from: "+09:00" }] }],
    ["no zone", { freeze: [{ ...window, timezone: "" }] }],
    ["a last date that is none", { freeze: [{ ...window, until: "soon" }] }],
    ["a last date with a time", { freeze: [{ ...window, until: "2026-12-01T10:00" }] }],
    ["a last date in words", { freeze: [{ ...window, until: "on 2026-12-01" }] }],
    ["one good window and a bad one", { freeze: [window, { ...window, from: "x" }] }],
    ["a standing approval of no step", { autoAllow: { ...auto, steps: [] } }],
    ["a standing approval of nobody", { autoAllow: { ...auto, approvedBy: "" } }],
    ["a standing approval without a cap", { autoAllow: { ...auto, maxReruns: 0 } }],
    ["a standing approval in no time", { autoAllow: { ...auto, perHours: Number.NaN } }],
    ["a standing approval for ever", { autoAllow: { ...auto, until: "for ever" } }],
  ])("refuses everything: %s", (_words, more) => {
    expect(isReadable(plainRule(more))).toBe(false);
    const guards = guardsFor(policy(plainRule({ ...more, connection: more.connection ?? "airflow:elsewhere" })), [
      target(),
    ]);
    expect(guards.refusal).toBe("A rule of the policy can't be read, so nothing may be rerun until it is corrected.");
  });

  it.each<[string, Partial<Rule>]>([
    ["nothing", {}],
    ["a cap of none", { maxReruns: 0 }],
    ["no cool-down", { coolDownMinutes: 0 }],
    ["every kind of day", { freeze: [{ ...window, days: ["fri", "2026-12-24", "2026-12-24..2027-01-02"] }] }],
    ["a window with an end", { freeze: [{ ...window, from: "09:59", to: "23:00", until: "2026-12-31" }] }],
    ["no freeze at all", { freeze: [] }],
    ["never by itself", { autoAllow: false }],
    ["a standing approval", { autoAllow: auto }],
    ["nobody", { approvers: [] }],
  ])("is not one that says %s", (_words, more) => {
    expect(isReadable(plainRule(more))).toBe(true);
  });
});
