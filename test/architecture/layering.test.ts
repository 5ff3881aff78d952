import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
  readonly modules: readonly { readonly source: string }[];
}

/** Every TypeScript file of the product. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the walls of the house", () => {
  let report: Report;
  beforeAll(() => {
    const output = execFileSync(
      process.execPath,
      [
        "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
        "--config",
        ".dependency-cruiser.cjs",
        "--output-type",
        "json",
        "src",
        "adapters",
      ],
      { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
    );
    report = JSON.parse(output) as Report;
  }, 60_000);

  it("sees every file of ours: a blind check would pass", () => {
    const seen = new Set(report.modules.map((module) => module.source));
    const missed = [...sources("src"), ...sources("adapters")].filter((file) => !seen.has(file));
    expect(missed).toEqual([]);
    expect(seen.size).toBeGreaterThan(100);
  });

  it("finds no import through a wall and no cycle", () => {
    const broken = report.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
    expect(broken).toEqual([]);
  });
});

describe("what stands in no file", () => {
  const files = [...sources("src"), ...sources("adapters")].map((file) => ({ file, text: readFileSync(file, "utf8") }));

  it("reads the environment in config only", () => {
    const readers = files.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ file }) => file);
    expect(readers).toEqual([join("src", "config", "env.ts")]);
  });

  it("asks for an ApprovedAction in the execution flow only", () => {
    const callers = files.filter(({ text }) => /\bmintApprovedAction\(/.test(text)).map(({ file }) => file);
    for (const file of callers) expect(file).toMatch(/^src\/(core\/approval|flows)\//);
  });

  it("has no default export and no mark left to settle", () => {
    const marks = files.flatMap(({ file, text }) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          /\bexport default\b|\b(TODO|FIXME|XXX)\b|@ts-ignore|biome-ignore/.test(line) ? [`${file}:${index + 1}`] : [],
        ),
    );
    expect(marks).toEqual([]);
  });
});

describe("the lock file", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<
      string,
      { os?: string[]; cpu?: string[]; optional?: boolean; devOptional?: boolean; resolved?: string }
    >;
  };

  it("marks every package for one platform as optional, or npm ci ends on another", () => {
    const bound = Object.entries(lock.packages).filter(
      ([, entry]) => entry.os !== undefined || entry.cpu !== undefined,
    );
    expect(bound.length).toBeGreaterThan(0);
    const required = bound
      .filter(([, entry]) => entry.optional !== true && entry.devOptional !== true)
      .map(([name]) => name);
    expect(required).toEqual([]);
  });

  it("names no download address", () => {
    expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
  });
});
