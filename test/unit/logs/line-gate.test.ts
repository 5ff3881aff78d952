import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogReading } from "../../../src/core/rca/reading.js";
import { tellingLines } from "../../../src/core/rca/telling-lines.js";
import { findRunReferences } from "../../../src/logs/databricks-references.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: ["Grüße-an-alle-77"] });

/** Words that readers look for, torn and whole, with what makes a gate by bytes go wrong. */
const pieces = [
  ...["err", "ERR", "Err", "oom", "OOM", "eXCLUDE", "EMPTY", "killed", "cannot", "can't", "could not", "not a ", "No "],
  ...["such", " rows", "0", "null", "lost", "out of", "panic: ", "Traceback (most recent call last):", "SQLSTATE"],
  ...["Run submitted with run_id: 8123456789", "/runs/", "https://u:pa55word9@host/x", "password=hunter2222"],
  ...["-----BEGIN RSA PRIVATE KEY-----", "MIIEow", "-----END RSA PRIVATE KEY-----", "Grüße-an-alle-77", "dapi"],
  ...["é", "✓", "\u001b[31m", "\u001b[0m", " ", " ", "x", "loaded", "12", "\r", "\ufffd", "ł"],
];
const line = fc.array(fc.constantFrom(...pieces), { maxLength: 7 }).map((words) => words.join(""));
const log = fc.array(line, { minLength: 1, maxLength: 40 });

async function read(lines: readonly string[], chunk: number): Promise<DecodedLog> {
  const whole = Buffer.from(lines.join("\n"), "utf8");
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < whole.length; at += chunk) yield whole.subarray(at, at + chunk);
  }
  return readLog({ name: "made.log", tryNumber: 1, format: "text", bytes: bytes() }, redactor);
}

/** The same reading for readers that look at every line. */
function ungated(reading: DecodedLog): LogReading {
  const { mayTell, mayNameRun, ...rest } = reading;
  expect([typeof mayTell, typeof mayNameRun]).toEqual(["function", "function"]);
  return rest;
}

describe("what a line may hold, told while the log is read", () => {
  it("hides no telling line, no run and no secret, however the log is cut", async () => {
    await fc.assert(
      fc.asyncProperty(log, fc.integer({ min: 8_192, max: 9_000 }), fc.boolean(), async (lines, chunk, padded) => {
        const all = padded ? [..."abcdefghi"].map((letter) => letter.repeat(1_100)).concat(lines) : lines;
        const reading = await read(all, chunk);
        const plain = ungated(reading);
        const none = new Set<number>();
        expect(tellingLines(reading, 1_000, none, none, 240)).toEqual(tellingLines(plain, 1_000, none, none, 240));
        expect(findRunReferences(reading)).toEqual(findRunReferences(plain));
        const careful = redactor.lines();
        const separate = all.join("\n").split("\n");
        for (const [index, raw] of separate.entries()) {
          const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
          if (index < reading.lineCount) expect(reading.line(index + 1)).toBe(careful(line)?.text ?? line);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("lets the readers pass over a line of chatter", async () => {
    const reading = await read(["loading part 7", "ERROR: out of disk", "done"], 9_000);
    expect([1, 2].map((number) => reading.mayTell?.(number))).toEqual([false, true]);
    expect([1, 2].map((number) => reading.mayNameRun?.(number))).toEqual([false, false]);
  });
});
