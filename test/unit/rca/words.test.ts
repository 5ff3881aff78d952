import { describe, expect, it } from "vitest";
import { chances, partsOfProven, probabilityOf, toConfidence } from "../../../src/core/rca/calibration.js";
import { chooseCause } from "../../../src/core/rca/choose.js";
import { rankFindings } from "../../../src/core/rca/rank.js";
import type { Statement } from "../../../src/core/rca/statement.js";
import { featuresOf } from "../../../src/core/rca/words/features.js";
import { likeliest, type Opinion, opinionOf } from "../../../src/core/rca/words/opinion.js";
import { unpackWords } from "../../../src/core/rca/words/unpack.js";
import { failedLog, verdictOn } from "./reading-of.js";

function said(text: string, given: Partial<Statement> = {}): Statement {
  return {
    kind: "exception",
    origin: "ending",
    type: null,
    text,
    context: "",
    quotes: [{ source: "log", line: 1, text }],
    weight: 1,
    raisedInOwnCode: false,
    ...given,
  };
}

describe("what is counted of a failure", () => {
  it("are its words, in small letters and taken apart, in pairs, and parts of long ones", () => {
    const counted = featuresOf([said("HeaderChanged: amount 404")]);
    expect([...counted.keys()]).toEqual([
      "header",
      "~heade",
      "~eader",
      "changed",
      "header changed",
      "~chang",
      "~hange",
      "~anged",
      "amount",
      "changed amount",
      "~amoun",
      "~mount",
      "404",
      "amount 404",
    ]);
    expect(counted.get("header")).toBe(1);
    expect(counted.get("header changed")).toBe(0.7);
  });

  it("are types, and whose code raised the first", () => {
    const counted = featuresOf([said("gone", { type: "shop.errors.FeedGone", raisedInOwnCode: true })]);
    expect([...counted.keys()]).toEqual(["gone", "t:feedgone", "own"]);
  });

  it("is less of lighter statements, and nothing of those that were set aside or that every failure has", () => {
    const counted = featuresOf([
      said("refused"),
      said("retried", { weight: 0.8 }),
      said("chatter", { weight: 0.5 }),
      said("Task failed with exception"),
      said("Task exited with return code 1", { kind: "end" }),
    ]);
    expect([...counted.keys()].filter((one) => !one.startsWith("~"))).toEqual(["refused", "retried"]);
    expect(counted.get("retried")).toBeCloseTo(0.64);
  });

  it("takes no longer over a line of a megabyte than over its beginning", () => {
    expect(featuresOf([said("x y z ".repeat(200_000))])).toEqual(featuresOf([said("x y z ".repeat(100))]));
  });
});

describe("an opinion of words", () => {
  const model = unpackWords({
    categories: ["timeout", "permission"],
    bias: [0, 0],
    failures: 100,
    taughtBy: "",
    step: 0.5,
    // V is 0, f 10 steps more, L 10 steps less.
    lines: ["slow\t10\tfL", "denied\t10\tLf"],
  });

  it("is for the category that its words were met with", () => {
    const opinion = opinionOf(model, featuresOf([said("denied")]));
    expect(opinion === null ? null : likeliest(opinion).category).toBe("permission");
    expect(opinion?.get("permission")).toBeGreaterThan(0.99);
  });

  it("is undecided between two, and none where it knows no word", () => {
    const opinion = opinionOf(model, featuresOf([said("slow denied")]));
    expect(opinion?.get("timeout")).toBeCloseTo(0.5);
    expect(opinionOf(model, featuresOf([said("zzz")]))).toBeNull();
  });
});

describe("how sure a verdict is", () => {
  it("grows where the words say the same, and shrinks where they say another thing", () => {
    const surely = new Map([
      ["permission", 0.96],
      ["timeout", 0.04],
    ] as const);
    const otherwise = new Map([
      ["permission", 0.04],
      ["timeout", 0.96],
    ] as const);
    const p = (opinion: Opinion | null) => probabilityOf(chances.proven, partsOfProven(0.8, "permission", opinion));
    expect(p(surely)).toBeGreaterThan(p(null));
    expect(p(otherwise)).toBeLessThan(p(null));
    const nearly = new Map([
      ["permission", 0.45],
      ["timeout", 0.55],
    ] as const);
    expect(p(nearly)).toBeLessThan(p(surely));
    expect(p(nearly)).toBeGreaterThan(p(otherwise));
  });

  it("is never high by words alone", () => {
    expect(toConfidence(0.999, "words")).toBeLessThan(0.8);
    expect(toConfidence(0.999, "signature")).toBeGreaterThan(0.8);
    expect(toConfidence(0.76, "signature")).toBeLessThan(0.5);
  });
});

describe("words against a signature", () => {
  const heap = said("java.lang.OutOfMemoryError: Java heap space");
  const slow = () => new Map([["timeout", 1]] as const);

  it("make a sure proof doubtful, and never take its place", () => {
    const [proven] = rankFindings([heap]);
    const choice = (words: Parameters<typeof chooseCause>[2]) =>
      chooseCause(rankFindings([heap]), [heap], words, chances);
    expect(proven?.score).toBeGreaterThan(0.88);
    expect([choice(slow)?.by, choice(slow)?.findings[0]]).toEqual(["signature", proven]);
    expect(choice(slow)?.probability).toBeLessThan(choice(() => null)?.probability ?? 0);
  });

  it("say nothing about what the runner itself tells of the end", () => {
    const set = said("State of this instance has been externally set to None. Terminating instance.", {
      kind: "end",
      type: "externally_set",
    });
    const choice = (words: Parameters<typeof chooseCause>[2]) =>
      chooseCause(rankFindings([set]), [set], words, chances);
    expect(choice(() => null)?.findings[0]?.signature.id).toBe("state-set-outside");
    expect(choice(slow)).toEqual(choice(() => null));
  });

  it("speak for a cause too where they tell of its consequence", () => {
    const at = (line: number, text: string, weight = 1): Statement =>
      said(text, { origin: "output", weight, quotes: [{ source: "log", line, text }] });
    const both = [
      at(1, "java.lang.OutOfMemoryError: Java heap space", 0.7),
      at(2, "ExecutorLostFailure (executor 3 exited) Reason: Executor heartbeat timed out after 278220 ms"),
    ];
    const choice = chooseCause(rankFindings(both), both, () => new Map([["compute_failure", 1]] as const), chances);
    expect([choice?.by, choice?.findings[0]?.signature.id]).toEqual(["signature", "jvm-heap-exhausted"]);
    expect(choice?.findings[0]).toMatchObject({ insteadOf: "compute_failure" });
  });
});

describe("a failure in words of the team's own", () => {
  const frames = ['  File "/opt/airflow/dags/mill.py", line 31, in load', "    raise stop"];

  it("is named by its words where no signature knows it, with its line as proof and in doubt", async () => {
    const line =
      "mill.QuietSupplier: nothing has come from the wholesaler for Tuesday yet, the delivery of the day is still awaited";
    const verdict = await verdictOn(failedLog([], [...frames, line]));
    expect(verdict).toMatchObject({ outcome: "diagnosed", category: "missing_upstream_data" });
    expect(verdict.evidence[0]?.text).toBe(line);
    expect(verdict.confidence).toBeLessThan(0.8);
    expect(verdict.nextStep).not.toBe("");
  });

  it("starts no rerun by its words alone: whether one helps is left to a person", async () => {
    const line = "mill.Gone: our worker node vanished, the machine was taken back by the cloud in the middle of step 7";
    const verdict = await verdictOn(failedLog([], [...frames, line]));
    expect([verdict.category, verdict.rerunHelps]).toEqual(["compute_failure", "unsure"]);
  });

  it("is left open where the words decide nothing", async () => {
    const verdict = await verdictOn(failedLog([], [...frames, "mill.Oops: brrzl 7"]));
    expect(verdict.outcome).toBe("abstained");
  });
});
