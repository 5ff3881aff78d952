import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Tool } from "../../../src/tools/define-tool.js";
import { tools } from "../../../src/tools/index.js";

const readme = "../../../README.md";
const [opening, closing] = ["<!-- tools: written by test/unit/tools/readme-table.test.ts -->", "<!-- /tools -->"];

function row({ name, title, description, readOnly, destructive, openWorld }: Tool): string {
  const does = readOnly ? `reads ${openWorld ? "live" : "what is kept"}` : destructive ? "destroys" : "proposes";
  return `| \`${name}\` | ${title}. ${description} | ${does} |`.replaceAll("<", "&lt;");
}

/** The catalogue for people, in the page as it stands. */
function withTable(page: string): string {
  const from = page.indexOf(opening);
  const to = page.indexOf(closing);
  if (from < 0 || to < from)
    throw new Error(`README.md needs ${opening} and ${closing} where its table of tools stands.`);
  const table = ["| tool | what it answers | does |", "| --- | --- | --- |", ...tools.map(row)];
  return `${page.slice(0, from)}${opening}\n${table.join("\n")}\n${page.slice(to)}`;
}

it("tells people what the catalogue tells models (run with -u to write the README's table anew)", async () => {
  const page = readFileSync(join(import.meta.dirname, readme), "utf8");
  await expect(withTable(page)).toMatchFileSnapshot(readme);
});
