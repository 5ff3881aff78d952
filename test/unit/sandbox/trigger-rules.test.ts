import { expect, it } from "vitest";
import { pythonRepr } from "../../../src/sandbox/airflow/operator-failure.js";
import { judge } from "../../../src/sandbox/airflow/trigger-rules.js";

it("starts, waits or ends a task as its trigger rule says", () => {
  expect(judge("all_success", ["success", "running"])).toBe("wait");
  expect(judge("all_success", ["success", "success"])).toBe("run");
  expect(judge("all_success", ["failed", "running"])).toBe("upstream_failed");
  expect(judge("all_success", ["success", "skipped"])).toBe("skipped");
  expect(judge("all_success", ["up_for_retry"])).toBe("wait");
  expect(judge("none_failed", ["success", "skipped"])).toBe("run");
  expect(judge("none_failed", ["upstream_failed"])).toBe("upstream_failed");
  expect(judge("all_done", ["failed", "running"])).toBe("wait");
  expect(judge("all_done", ["failed", "skipped"])).toBe("run");
  expect(judge("one_failed", ["failed", "running"])).toBe("run");
  expect(judge("one_failed", ["success", "success"])).toBe("skipped");
  expect(judge("one_failed", [null])).toBe("wait");
});

it("quotes text as Python does", () => {
  expect(pythonRepr("plain")).toBe("'plain'");
  expect(pythonRepr("it's")).toBe(`"it's"`);
  expect(pythonRepr(`it's "both"`)).toBe(`'it\\'s "both"'`);
  expect(pythonRepr("a\nb\tc\\d\u001b")).toBe("'a\\nb\\tc\\\\d\\x1b'");
});
