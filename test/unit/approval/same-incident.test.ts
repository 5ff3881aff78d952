import { describe, expect, it } from "vitest";
import { finalFingerprint } from "../../../src/core/fingerprint.js";
import { taskFailed, transient } from "../../flows/approval-world.js";

describe("failures of one cause", () => {
  it("are one incident across the DAGs of a connection, and never across connections", () => {
    const load = finalFingerprint(taskFailed("load"), transient);
    expect(finalFingerprint(taskFailed("fetch", -1, { dagId: "refunds" }), transient)).toBe(load);
    expect(finalFingerprint(taskFailed("load", -1, { connection: "airflow:other" }), transient)).not.toBe(load);
  });
});
