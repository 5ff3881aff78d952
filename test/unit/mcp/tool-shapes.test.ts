import { expect, it } from "vitest";
import { z } from "zod";
import { describeTool } from "../../../src/mcp/describe-tool.js";
import { describeSearch } from "../../../src/mcp/tool-search.js";
import type { Tool } from "../../../src/tools/define-tool.js";
import { tools } from "../../../src/tools/index.js";

/** As much of JSON Schema as our tools use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly additionalProperties?: boolean | Schema;
}

/** Zod writes an integer's natural bounds out; they limit nothing. */
const natural = (bound: number | undefined): number | "" =>
  bound === undefined || !Number.isSafeInteger(bound) || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? "" : bound;

function range(low: number | undefined, high: number | undefined): string {
  const [from, to] = [natural(low), natural(high)];
  return from === "" && to === "" ? "" : ` ${from}..${to}`;
}

function word(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(word).join(" | ");
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.items !== undefined) return `${word(schema.items)}[]`;
  if (Object.keys(schema.properties ?? {}).length > 0) return "";
  const types = [schema.type ?? "anything"].flat().join(" | ");
  return `${types}${range(schema.minimum, schema.maximum)}${range(schema.minLength, schema.maxLength)}`;
}

/** One line a field, what it holds indented below it; `?` where it may be missing. */
function lines(schema: Schema, indent: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? "" : "?";
    const preset = field.default === undefined ? "" : ` = ${JSON.stringify(field.default)}`;
    const line = `${indent}${name}${optional}: ${word(field)}${preset}`.trimEnd();
    return [line, ...[field, ...(field.anyOf ?? [])].flatMap((one) => lines(one.items ?? one, `${indent}  `))];
  });
}

function hints(annotations: Readonly<Record<string, unknown>> = {}): string {
  return Object.entries(annotations)
    .map(([name, value]) => `${value === true ? "" : "not "}${name.replace("Hint", "")}`)
    .join(", ");
}

function shapeOf(tool: Tool): string[] {
  const [takes, gives] = (["input", "output"] as const).map((io) => z.toJSONSchema(tool[io], { io }) as Schema);
  return [
    `${tool.name} (${hints(describeTool(tool).annotations)})`,
    `  takes${takes?.additionalProperties === false ? ", and nothing else" : ""}`,
    ...lines(takes ?? {}, "    "),
    "  gives",
    ...lines(gives ?? {}, "    "),
    "",
  ];
}

function searchShape({ name, annotations, inputSchema }: ReturnType<typeof describeSearch>[number]): string[] {
  return [`${name} (${hints(annotations)})`, "  takes", ...lines(inputSchema as Schema, "    "), ""];
}

it("keeps the shape of every tool that clients were written for", async () => {
  const text = [
    "What tools take and give. Programs of others lean on it: a change here is a change of the contract.",
    "",
    ...tools.flatMap(shapeOf),
    "With PIPEWRIGHT_MCP_TOOLS=search:",
    "",
    ...describeSearch(tools).flatMap(searchShape),
  ];
  await expect(text.join("\n")).toMatchFileSnapshot("tool-shapes.txt");
});
