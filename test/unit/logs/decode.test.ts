import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import type { LogInput } from "../../../src/core/ports.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: [] });

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function read(text: string | Uint8Array, format: LogInput["format"] = "unknown", size = 7): Promise<DecodedLog> {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  return readLog({ name: "try.log", tryNumber: 2, format, bytes: inChunks(bytes, size) }, redactor);
}

function linesOf(log: DecodedLog): readonly (string | null)[] {
  return Array.from({ length: log.lineCount }, (_, index) => log.line(index + 1));
}

describe("plain text", () => {
  it("counts lines as sed does: the last one may lack its newline, a blank one counts", async () => {
    expect(linesOf(await read("one\n\nthree"))).toEqual(["one", "", "three"]);
    expect(linesOf(await read("one\ntwo\n"))).toEqual(["one", "two"]);
  });

  it("drops a byte order mark and carriage returns at line ends, and no more", async () => {
    expect(linesOf(await read("\ufeffone\r\ntw\ro\r\n"))).toEqual(["one", "tw\ro"]);
  });

  it("keeps terminal colours in the quoted line and leaves them out for scanning", async () => {
    const log = await read("\u001b[31mERROR\u001b[0m table shop.orders is gone\n");
    expect(log.line(1)).toBe("\u001b[31mERROR\u001b[0m table shop.orders is gone");
    expect([...log.retained()][0]?.text).toBe("ERROR table shop.orders is gone");
  });

  it("survives invalid UTF-8 and single NUL bytes", async () => {
    const log = await read(
      Buffer.concat([Buffer.from("caf"), Buffer.from([0xe9]), Buffer.from(" \0 closed\nnext and some more text\n")]),
    );
    expect(linesOf(log)).toEqual(["caf\ufffd \0 closed", "next and some more text"]);
  });

  it("shortens a line of five megabytes, keeps its cause, and says so", async () => {
    const filler = "x ".repeat(1_250_000);
    const log = await read(
      `first\n${filler}java.io.IOException: No space left on device${filler}\nlast\n`,
      "text",
      65_536,
    );
    expect(log.lineCount).toBe(3);
    expect(log.line(2)?.length).toBeLessThan(150_000);
    expect(log.line(2)?.includes("java.io.IOException: No space left on device")).toBe(true);
    expect(log.warnings.join(" ")).toContain("1 line is longer than 64 KB");
    expect(log.line(3)).toBe("last");
  });
});

describe("Airflow 2's JSON body", () => {
  const body = (content: string): string => JSON.stringify({ content, continuation_token: "eyJ.x.y" });

  it("is the text of the tuples' second elements, whichever quotes and escapes they have", async () => {
    const repr = String.raw`[('worker-1', '*** Found local files:\n[2026-03-01T02:00:00.000+0000] {load.py:12} INFO - it\'s \u00fc \x41 \\n \U0001f600\n'), ("worker-2", "say \"no\"\tnow")]`;
    const log = await read(body(repr));
    expect(linesOf(log)).toEqual([
      "*** Found local files:",
      "[2026-03-01T02:00:00.000+0000] {load.py:12} INFO - it's ü A \\n 😀",
      'say "no"\tnow',
    ]);
    expect(log.format).toBe("v1");
    expect(log.complete).toBe(true);
  });

  it("is read however the bytes are cut", async () => {
    const repr = String.raw`[('w', 'a\'b\\c\n\u20ac\x07d\ne "f" g\n')]`;
    const whole = linesOf(await read(body(repr), "v1-json", 10_000));
    for (let size = 1; size < 12; size += 1) expect(linesOf(await read(body(repr), "v1-json", size))).toEqual(whole);
    expect(whole).toEqual(["a'b\\c", "€\x07d", 'e "f" g']);
  });

  it("takes content that is no list of tuples as the text it is", async () => {
    expect(linesOf(await read(body("Task was skipped\nno logs")))).toEqual(["Task was skipped", "no logs"]);
  });

  it("reads what stands before a cut", async () => {
    const log = await read(body(String.raw`[('w', 'one\ntwo\nthree')]`).slice(0, 38));
    expect(linesOf(log).slice(0, 2)).toEqual(["one", "two"]);
    expect(log.complete).toBe(false);
    expect(log.warnings.join(" ")).toContain("breaks off");
  });
});

const failure = {
  timestamp: "2026-03-01T02:00:05Z",
  level: "error",
  logger: "task",
  event: "Task failed with exception",
  error_detail: [
    {
      exc_type: "LoadError",
      exc_value: "shop.orders\nwas not loaded",
      exc_notes: ["batch 7"],
      is_cause: false,
      frames: [{ filename: "/opt/airflow/dags/load.py", lineno: 12, name: "load" }],
    },
    { exc_type: "KeyError", exc_value: "'sku'", exc_notes: [], is_cause: true, frames: [] },
  ],
};

describe("Airflow 3's log", () => {
  const records = [
    { timestamp: null, event: "::group::Log message source details" },
    {
      timestamp: "2026-03-01T02:00:01Z",
      level: "info",
      logger: "task.stdout",
      event: "two\nlines",
      pid: 4_711,
    },
    failure,
  ];
  const expected = [
    "::group::Log message source details",
    "two",
    "lines",
    "Task failed with exception",
    "Traceback (most recent call last):",
    '  File "/opt/airflow/dags/load.py", line 12, in load',
    "LoadError: shop.orders",
    "was not loaded",
    "batch 7",
    "Traceback (most recent call last):",
    "KeyError: 'sku'",
  ];
  const ndjson = records.map((record) => JSON.stringify(record)).join("\n");

  it("splits events at newlines and prints error_detail as a traceback, in both forms", async () => {
    expect(linesOf(await read(JSON.stringify({ content: records, continuation_token: null })))).toEqual(expected);
    expect(linesOf(await read(`${ndjson}\n`))).toEqual(expected);
    expect(
      linesOf(await read(JSON.stringify({ continuation_token: null, content: records }, null, 2), "unknown", 3)),
    ).toEqual(expected);
  });

  it("makes one chain of error_detail, outermost first, with the lines it stands on", async () => {
    const { chains, ends } = await read(ndjson);
    expect(chains).toHaveLength(1);
    expect(chains[0]).toMatchObject({
      heading: "Task failed with exception",
      firstLine: 5,
      lastLine: 11,
      level: "error",
    });
    expect(chains[0]?.chain.map((note) => [note.type, note.message, note.line, note.link])).toEqual([
      ["LoadError", "shop.orders\nwas not loaded\nbatch 7", 7, "outermost"],
      ["KeyError", "'sku'", 11, "cause"],
    ]);
    expect(chains[0]?.chain[0]?.frames).toEqual([
      { file: "/opt/airflow/dags/load.py", lineNumber: 12, name: "load", own: true },
    ]);
    expect(ends).toEqual([{ kind: "failed_with_exception", line: 4, detail: null }]);
  });

  it("keeps 64-bit numbers of the other keys exact", async () => {
    const log = await read(
      '{"timestamp":null,"level":"info","logger":"task","event":"Prior job in terminal state","external_id_key":"databricks_run_id","external_id":9007199254740993}\n',
    );
    expect(log.records[0]?.extra).toEqual({ external_id_key: "databricks_run_id", external_id: "9007199254740993" });
  });

  it("takes the plain sentence at the end of a stream as what it is", async () => {
    const log = await read(`${ndjson}\n(Log stream stopped - End of log marker not found; logs may be incomplete.)\n`);
    expect(log.line(12)).toBe("(Log stream stopped - End of log marker not found; logs may be incomplete.)");
    expect(log.complete).toBe(false);
    expect(log.ends.at(-1)).toMatchObject({ kind: "stream_stopped", line: 12 });
  });

  it("reads the whole records of a cut log, whatever the cut", async () => {
    const body = JSON.stringify({ content: records, continuation_token: null });
    for (const [text, format] of [
      [body, "v2-json"],
      [ndjson, "v2-ndjson"],
    ] as const)
      for (let cut = text.length - 30; cut > text.length - 120; cut -= 7) {
        const log = await read(text.slice(0, cut), format, 64);
        expect(linesOf(log)).toEqual(expected.slice(0, 3));
        expect(log.complete).toBe(false);
        expect(log.warnings).toHaveLength(1);
      }
  });

  it("takes plain strings and unknown records as lines", async () => {
    expect(
      linesOf(await read('{"content":["a\\nb\\n",{"event":null},{"event":5}],"continuation_token":null}')),
    ).toEqual(["a", "b", "", "5"]);
  });

  it("replaces secrets in events, errors and other keys, and counts them", async () => {
    const secret = `gh${"p_"}${"a1B2".repeat(9)}`;
    const record = {
      ...failure,
      event: `push with ${secret}`,
      reason: secret,
      error_detail: [{ exc_type: "E", exc_value: secret, frames: [] }],
    };
    const log = await read(`${JSON.stringify(record)}\n`);
    expect(JSON.stringify([linesOf(log), log.records, log.chains])).not.toContain(secret);
    expect(log.redactions).toBe(3);
  });

  it("puts the members of an exception group behind it", async () => {
    const member = (type: string): object => ({ exc_type: type, exc_value: "no", exc_notes: [], frames: [] });
    const group = {
      ...member("ExceptionGroup"),
      is_group: true,
      exceptions: [{ stacks: [member("KeyError")] }, [member("OSError")]],
    };
    const { chains } = await read(`${JSON.stringify({ ...failure, error_detail: [group] })}\n`);
    expect(chains[0]?.chain.map((note) => `${note.link} ${note.type}`)).toEqual([
      "outermost ExceptionGroup",
      "group KeyError",
      "group OSError",
    ]);
  });
});

describe("what is no log", () => {
  it.each([
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), "unpack"],
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), "picture"],
    ["zeros", Buffer.alloc(4_000), "binary"],
    ["random bytes", Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 167 + 13) % 31)), "binary"],
  ])("%s is refused with what to do", async (_, bytes, words) => {
    await expect(read(bytes)).rejects.toThrowError(InputError);
    await expect(read(bytes)).rejects.toThrowError(new RegExp(words));
  });

  it("an empty file is a log without lines", async () => {
    expect((await read("")).lineCount).toBe(0);
  });

  it("what the source of the bytes throws comes through", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("line\n");
      throw new RangeError("connection lost");
    }
    await expect(
      readLog({ name: "x", tryNumber: null, format: "text", bytes: broken() }, redactor),
    ).rejects.toThrowError(RangeError);
  });
});

describe("any bytes in any form", () => {
  const formats = ["v1-json", "v2-json", "v2-ndjson", "text", "unknown"] as const;
  const starts = [
    "",
    '{"content": "[(\'',
    '{"content":[{"event":"',
    '{"event":"',
    "[2026-03-01T02:00:00.000+0000] {a.py:1} INFO - ",
  ];

  it("never throw anything but InputError, and give the same lines however they are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...formats),
        fc.constantFrom(...starts),
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary", maxLength: 12 }),
            fc.constantFrom(
              "\\",
              "'",
              '"',
              "\n",
              "\\n",
              "\\u00",
              "{",
              "}",
              "]",
              ",",
              "Traceback (most recent call last):\n",
              "\tat a.B.c(D.java:1)\n",
              "Caused by: x.Y: z\n",
              '  File "a", line 1, in b\n',
            ),
          ),
        ),
        fc.integer({ min: 1, max: 40 }),
        async (format, start, parts, size) => {
          const bytes = Buffer.from(start + parts.join(""), "utf8");
          const outcome = await read(bytes, format, size).then(linesOf, (error: unknown) => {
            expect(error).toBeInstanceOf(InputError);
            return "refused";
          });
          const again = await read(bytes, format, 1_000_000).then(linesOf, () => "refused");
          expect(again).toEqual(outcome);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("number the lines before a cut as the whole log does, whichever writers were interleaved", async () => {
    const said = fc.constantFrom(
      "loaded part 7",
      "ERROR: out of disk",
      "Traceback (most recent call last):",
      '  File "/dags/a.py", line 3, in run',
      'it\'s \\ "quoted" \u00fc €',
      "half a line ",
      '{"event": "not ours", "level"',
      "\u001b[31mred\u001b[0m",
      // Cut right behind the NUL it must still be text: more than a tenth of such bytes is refused as binary.
      "a line with one nul \0 byte",
    );
    const forms = {
      "v1-json": (lines: readonly string[]) =>
        JSON.stringify({ content: `[('w-1', '${lines.map(asPython).join("\\n")}\\n')]`, continuation_token: "t" }),
      "v2-json": (lines: readonly string[]) =>
        JSON.stringify({ content: lines.map((event) => ({ event, level: "info" })), continuation_token: null }),
      "v2-ndjson": (lines: readonly string[]) =>
        lines.map((event) => JSON.stringify({ event, level: "info" })).join("\n"),
      text: (lines: readonly string[]) => lines.join("\n"),
    } as const;
    const form = fc.constantFrom("v1-json", "v2-json", "v2-ndjson", "text");
    await fc.assert(
      fc.asyncProperty(
        form,
        fc.array(said, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (chosen, lines, share) => {
          const bytes = Buffer.from(forms[chosen](lines), "utf8");
          expect(linesOf(await read(bytes, chosen, 64))).toEqual(lines);
          const cut = linesOf(await read(bytes.subarray(0, Math.floor(bytes.length * share)), chosen, 5));
          const wholeOnes = cut.slice(0, -1);
          expect(wholeOnes).toEqual(lines.slice(0, wholeOnes.length));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** As Python writes it within single quotes. */
function asPython(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\x00");
}
