import { describe, expect, it } from "vitest";
import { median, pathSeconds } from "../../../src/core/remediation/usual-time.js";
import { spec } from "./vineyard.js";

describe("the middle of what was seen", () => {
  it("is the middle value, of an even number the lower one, and none of nothing", () => {
    expect(median([9])).toBe(9);
    expect(median([100, 9, 30])).toBe(30);
    expect(median([4, 3, 2, 1])).toBe(2);
    expect(median([])).toBeNull();
    const seen = [3, 1, 2];
    expect(median(seen)).toBe(2);
    expect(seen).toEqual([3, 1, 2]);
  });
});

describe("how long tasks take", () => {
  const specs = [
    spec("pick", ["press", "wash"]),
    spec("press", ["bottle"]),
    spec("wash", ["bottle"]),
    spec("bottle", ["ship"]),
    spec("sweep", []),
  ];
  const usual = new Map([
    ["pick", 10],
    ["press", 5],
    ["wash", 50],
    ["bottle", 1],
    ["sweep", 20],
  ]);

  it("is the longest way through them, not the sum of all", () => {
    expect(pathSeconds(["pick", "press", "wash", "bottle"], specs, usual)).toBe(61);
    expect(pathSeconds(["press", "wash", "sweep"], specs, usual)).toBe(50);
    expect(pathSeconds(["press", "sweep"], specs, usual)).toBe(20);
  });

  it("leads through tasks that do not run, without counting them", () => {
    expect(pathSeconds(["pick", "bottle"], specs, usual)).toBe(11);
    expect(pathSeconds(["pick"], specs, usual)).toBe(10);
  });

  it("is in whole seconds, nothing for nothing, and unknown when one task was never seen", () => {
    expect(pathSeconds(["sweep"], specs, new Map([["sweep", 20.6]]))).toBe(21);
    expect(pathSeconds([], specs, usual)).toBe(0);
    expect(pathSeconds(["pick", "ship"], specs, usual)).toBeNull();
  });

  it("ends where a list of tasks runs in a circle", () => {
    expect(pathSeconds(["pick"], [spec("pick", ["pick"])], usual)).toBe(10);
    const circle = [spec("press", ["bottle"]), spec("bottle", ["press"])];
    expect(pathSeconds(["press", "bottle"], circle, usual)).toBe(6);
  });

  it("is found at once in a wide DAG", () => {
    const ids = Array.from({ length: 40 }, (_, n) => [`a${n}`, `b${n}`]).flat();
    const next = (n: number) => (n < 39 ? [`a${n + 1}`, `b${n + 1}`] : []);
    const wide = ids.map((id) => spec(id, next(Number(id.slice(1)))));
    expect(pathSeconds(ids, wide, new Map(ids.map((id) => [id, 1])))).toBe(40);
  });
});
