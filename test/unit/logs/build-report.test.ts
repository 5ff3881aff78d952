import { describe, expect, it } from "vitest";
import { condense } from "../../../src/logs/condense.js";
import type { DecodedLog } from "../../../src/logs/decoded-log.js";
import { readLog } from "../../../src/logs/read-log.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const redactor = createRedactor({ configuredSecrets: [] });
const stamped = (text: string, index: number): string =>
  `2031-04-02T08:00:${String(index % 60).padStart(2, "0")}.1234567Z ${text}`;

function read(lines: readonly string[]): Promise<DecodedLog> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines.join("\n"), "utf8");
  }
  return readLog({ name: "build.log", tryNumber: 1, format: "text", bytes: bytes() }, redactor);
}

/** A GitHub Actions log: a set-up step full of alarming words, then a step that ends in the report. */
function build(step: string, report: readonly string[], exit: number): Promise<DecodedLog> {
  const lines = ["Complete job name: nightly / py312", "##[group]Run actions/cache@v4", "##[endgroup]"];
  for (let index = 0; index < 3_000; index += 1) {
    lines.push(`downloading error-handling-${index}.whl failed, retried from the mirror: cannot fail twice`);
  }
  lines.push(`##[group]Run ${step}`, step, "shell: /usr/bin/bash -e {0}", "##[endgroup]");
  for (let index = 0; index < 3_000; index += 1)
    lines.push(`tests/test_stock.py::test_case_${index} PASSED [ ${index % 100}%]`);
  lines.push(...report, `##[error]Process completed with exit code ${exit}.`);
  lines.push(
    "Post job cleanup.",
    "fatal: not a git repository",
    "##[warning]No files were found with the provided path: report.xml",
  );
  return read(lines.map(stamped));
}

describe("the evidence of a build", () => {
  it("keeps a failing test's name, assertion, values, summary, command and exit code of pytest", async () => {
    const failed = Array.from(
      { length: 400 },
      (_, index) => `FAILED tests/test_stock.py::test_shelf[${index}] - AssertionError: shelf is not empty`,
    );
    const log = await build(
      "pytest -q tests",
      [
        "=================================== FAILURES ===================================",
        "______________________________ test_shelf[0] ______________________________",
        "    def test_shelf(number):",
        ">       assert count(number) == 0, 'shelf is not empty'",
        "E       AssertionError: shelf is not empty",
        "E       assert 7 == 0",
        "tests/test_stock.py:41: AssertionError",
        "=========================== short test summary info ============================",
        ...failed,
        "FAILED tests/test_pallet.py::test_weight - ValueError: could not convert string to float: 'heavy'",
        "401 failed, 3000 passed in 61.20s",
      ],
      1,
    );
    const text = await condense(log, 1_200);
    for (const needed of [
      "nightly / py312",
      "pytest -q tests",
      "E       assert 7 == 0",
      "tests/test_stock.py:41: AssertionError",
      "FAILED tests/test_stock.py::test_shelf[0] - AssertionError: shelf is not empty x400",
      "FAILED tests/test_pallet.py::test_weight - ValueError: could not convert string to float: 'heavy'",
      "401 failed, 3000 passed",
      "##[error]Process completed with exit code 1.",
    ])
      expect(text).toContain(needed);
    expect(text).not.toContain("2031-04-02T");
  });

  it.each([
    [
      "jest",
      [
        "  ● cart › adds tax",
        "",
        "    expect(received).toBe(expected)",
        "",
        "    Expected: 119",
        "    Received: 100",
        "",
        "      at Object.<anonymous> (src/cart.test.ts:8:20)",
        "",
        "Tests:       1 failed, 70 passed, 71 total",
      ],
      ["● cart › adds tax", "Expected: 119", "Received: 100", "src/cart.test.ts:8:20", "1 failed, 70 passed"],
    ],
    [
      "go test",
      [
        "--- FAIL: TestPallet (0.02s)",
        "    pallet_test.go:31: weight = 12, want 14",
        "FAIL",
        "FAIL\texample.org/store/pallet\t0.041s",
      ],
      ["--- FAIL: TestPallet", "pallet_test.go:31: weight = 12, want 14", "FAIL\texample.org/store/pallet"],
    ],
    [
      "cargo",
      [
        "error[E0308]: mismatched types",
        "  --> src/pallet.rs:14:9",
        "   |",
        "14 |     weight",
        "   |     ^^^^^^ expected `u32`, found `&str`",
        "error: could not compile `store` (lib) due to 1 previous error",
      ],
      ["error[E0308]: mismatched types", "src/pallet.rs:14:9", "could not compile `store`"],
    ],
    [
      "maven",
      [
        "[ERROR] Failures: ",
        "[ERROR]   PalletTest.weight:22 expected: <14> but was: <12>",
        "[ERROR] Tests run: 80, Failures: 1, Errors: 0, Skipped: 0",
      ],
      ["PalletTest.weight:22 expected: <14> but was: <12>", "Tests run: 80, Failures: 1"],
    ],
    [
      "gradle",
      [
        "> Task :store:test FAILED",
        "PalletTest > weight() FAILED",
        "    org.opentest4j.AssertionFailedError: expected: <14> but was: <12>",
        "* What went wrong:",
        "Execution failed for task ':store:test'.",
        "BUILD FAILED in 41s",
      ],
      ["> Task :store:test FAILED", "expected: <14> but was: <12>", "BUILD FAILED in 41s"],
    ],
    [
      "make",
      [
        "/usr/bin/ld: pallet.o: in function `weigh':",
        "pallet.c:9: undefined reference to `scale_read'",
        "collect2: error: ld returned 1 exit status",
        "make: *** [Makefile:7: store] Error 1",
      ],
      ["undefined reference to `scale_read'", "make: *** [Makefile:7: store] Error 1"],
    ],
    [
      "docker build",
      [
        "#9 [build 4/6] RUN pip install -r requirements.txt",
        "#9 2.113 ERROR: No matching distribution found for pallets-scale==9.9",
        '#9 ERROR: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1',
      ],
      [
        "[build 4/6] RUN pip install",
        "No matching distribution found for pallets-scale==9.9",
        "did not complete successfully: exit code: 1",
      ],
    ],
    [
      "pre-commit",
      [
        "mypy.....................................................................Failed",
        "- hook id: mypy",
        "- exit code: 1",
        'store/pallet.py:12: error: Incompatible return value type (got "str", expected "int")  [return-value]',
        "Found 1 error in 1 file (checked 9 source files)",
      ],
      [
        "mypy....",
        "- hook id: mypy",
        "store/pallet.py:12: error: Incompatible return value type",
        "Found 1 error in 1 file",
      ],
    ],
  ])("keeps what %s reports", async (command, report, needed) => {
    const text = await condense(await build(command, report, 2), 1_000);
    for (const part of [...needed, "exit code 2"]) expect(text).toContain(part);
  });
});
