import { median } from "../figure.js";
import type { Comparison } from "./compare.js";
import { failures } from "./failures.js";

/** The comparison as a table of Markdown, then what each server made of each failure. */
export function reportOf(all: readonly Comparison[]): string {
  return [...summary(all), "", ...details(all)].join("\n");
}

function summary(all: readonly Comparison[]): readonly string[] {
  const heading = [
    "server",
    "tools",
    "definitions",
    "calls",
    "calls and results",
    "most",
    "cause found",
    "time",
    "over bare HTTP",
  ];
  const fastest = Math.min(...all.map(({ interviews }) => median([...interviews.values()].map(({ ms }) => ms))));
  const rows = all.map(({ name, version, tools, definitions, interviews, overhead }) => {
    const asked = [...interviews.values()];
    const ms = median(asked.map((one) => one.ms));
    return [
      `${name} ${version}`,
      tools,
      count(definitions),
      median(asked.map((one) => one.calls)),
      count(median(asked.map((one) => one.tokens))),
      count(Math.max(...asked.map((one) => one.tokens))),
      `${asked.filter((one) => one.found).length} of ${asked.length}`,
      `${ms.toFixed(0)} ms (${(ms / fastest).toFixed(1)} x)`,
      `${overhead.ratio.toFixed(2)} x (${overhead.httpCalls} HTTP: ${overhead.toolMs.toFixed(1)} over ${overhead.bareMs.toFixed(1)} ms)`,
    ];
  });
  return table(heading, rows);
}

function details(all: readonly Comparison[]): readonly string[] {
  const heading = ["failure", ...all.map(({ name }) => name)];
  const rows = failures.map(({ dagId, kind }) => [
    kind,
    ...all.map(({ interviews }) => {
      const one = interviews.get(dagId);
      if (one === undefined) return "not asked";
      return `${one.found ? "found" : "**not found**"}, ${one.calls} ${one.calls === 1 ? "call" : "calls"}, ${count(one.tokens)} tokens`;
    }),
  ]);
  return table(heading, rows);
}

function table(heading: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...rows.map(line)];
}

const count = (value: number): string => value.toLocaleString("en");
