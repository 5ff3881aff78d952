import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRunbooks, runbooksEntry } from "../../../src/config/runbooks.js";

let folder: string;
let problems: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipewright-runbooks-"));
  mkdirSync(join(folder, "notes"));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, "notes", name), text);
const read = (entry: unknown) =>
  readRunbooks(runbooksEntry.parse(entry), folder, (message, fix) => problems.push(`${message} ${fix}`));

describe("the team's runbooks", () => {
  it("are Markdown files whose head says what they are for", () => {
    write(
      "late.md",
      "---\r\ndag: orders_*\r\ncategory: [missing_upstream_data]\r\nwords: no such file\r\n---\r\n# Late files\r\n\r\nAsk.\r\n",
    );
    expect(read({ folder: "notes" })).toEqual([
      {
        name: "Late files",
        dags: ["orders_*"],
        categories: ["missing_upstream_data"],
        words: ["no such file"],
        url: null,
        text: "# Late files\n\nAsk.\n",
      },
    ]);
    expect(problems).toEqual([]);
  });

  it("are about the DAG they are called after when they say nothing", () => {
    write("orders_daily.md", "Ask the shop.");
    write("README.md", "How we write notes.");
    expect(read({ folder: "notes" })).toMatchObject([{ name: "orders_daily", dags: ["orders_daily"] }]);
  });

  it("may stand in the YAML itself", () => {
    const note = { name: "Rates", dag: ["fx_*"], text: "Call.", url: "https://wiki.example.com/rates" };
    expect(read({ notes: [note] })).toMatchObject([{ name: "Rates", dags: ["fx_*"], url: note.url }]);
  });

  it("say which of them can't be used, and the others are", () => {
    write("a.md", "---\ncategory: bad_weather\n---\nText\n");
    write("b.md", "---\ndag: [unclosed\n---\nText\n");
    write("c.md", `---\ndag: c\n---\n${"x".repeat(70_000)}`);
    write("good.md", "Fine.");
    expect(read({ folder: "notes", notes: [{ name: "Lost", text: "x" }] })).toMatchObject([
      { name: "Lost" },
      { name: "good" },
    ]);
    expect(problems).toHaveLength(4);
    expect(problems[0]).toContain("Lost fits nothing");
    expect(problems[1]).toContain("The runbook a.md can't be used");
    expect(problems[3]).toContain("larger than 64 KB");
  });

  it("need a folder that is there, and a web address that is one", () => {
    expect(read({ folder: "missing" })).toEqual([]);
    expect(problems[0]).toContain("can't be read");
    expect(() => runbooksEntry.parse({ notes: [{ name: "x", text: "y", url: "javascript:alert(1)" }] })).toThrow();
  });
});
