import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { createLogger } from "../../../src/telemetry/log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

function loggerInto(level: string, pretty: boolean) {
  const written: string[] = [];
  const redactor = createRedactor({ configuredSecrets: ["very-own-token"] });
  const log = createLogger({
    level,
    pretty,
    redact: redactor.redact,
    stream: { write: (text: string) => written.push(text) },
  });
  return { log, written };
}

describe("our own log", () => {
  it("is one JSON line a statement, with level and time, without secrets", () => {
    const { log, written } = loggerInto("info", false);
    log.info({ connection: "airflow:prod", header: "very-own-token" }, "polled with very-own-token");
    log.debug({}, "not shown");
    expect(written).toHaveLength(1);
    const line: unknown = JSON.parse(written[0] ?? "");
    expect(line).toMatchObject({
      level: 30,
      connection: "airflow:prod",
      header: "[REDACTED:configured]",
      msg: "polled with [REDACTED:configured]",
    });
    expect(written[0]).toMatch(/"time":"\d{4}-\d\d-\d\dT/);
  });

  it("says an error in words, with its stack only at level debug", () => {
    const error = new InputError("The log is empty.", "Give another.", { cause: new RangeError("0 bytes") });
    const atInfo = loggerInto("info", false);
    atInfo.log.error({ error }, "could not read");
    expect(JSON.parse(atInfo.written[0] ?? "").error).toEqual({
      type: "InputError",
      message: "The log is empty.",
      code: "input",
      fix: "Give another.",
      cause: "RangeError: 0 bytes",
    });
    const atDebug = loggerInto("debug", false);
    atDebug.log.error({ error }, "could not read");
    expect(JSON.parse(atDebug.written[0] ?? "").error.stack).toContain("log.test.ts");
  });

  it("can be read on a terminal", () => {
    const { log, written } = loggerInto("info", true);
    log.warn({ dag: "orders_daily" }, "is late, token very-own-token");
    const text = written.join("");
    expect(text).toMatch(
      /^\[\d\d:\d\d:\d\d\] WARN: is late, token \[REDACTED:configured\] \{"dag":"orders_daily"\}\n$/,
    );
  });
});
