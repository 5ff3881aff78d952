import type { CallToolResult, Tool as WireTool } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { InputError } from "../core/errors.js";
import type { Tool } from "../tools/define-tool.js";
import { callTool, type ToolRoom } from "./call-tool.js";
import { describeTool } from "./describe-tool.js";
import { toToolResult } from "./to-tool-result.js";
import { errorResult } from "./tool-errors.js";

const mostFound = 3;
const shortestWord = 3;

const findInput = z.strictObject({ words: z.string().min(1).max(300) });
const callInput = z.strictObject({ tool: z.string().min(1).max(80), input: z.looseObject({}).default({}) });

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };

/** What a client sees instead of every tool: one that finds, one that calls those that only read, and each that writes. */
export function describeSearch(tools: readonly Tool[]): readonly WireTool[] {
  const find: WireTool = {
    name: "tools_find",
    title: "Find a tool",
    description: "Tools by words (failure cause, late, log, run, incident, proposal), with the input each takes.",
    inputSchema: { type: "object", properties: { words: { type: "string" } }, required: ["words"] },
    annotations: { ...annotations, openWorldHint: false },
  };
  const call: WireTool = {
    name: "tools_call",
    title: "Call a tool that only reads",
    description:
      "Calls a tool of tools_find. E.g. diagnose_failure with {what: pasted address or words}: why it failed.",
    inputSchema: {
      type: "object",
      properties: { tool: { type: "string" }, input: { type: "object" } },
      required: ["tool", "input"],
    },
    annotations: { ...annotations, openWorldHint: true },
  };
  // A result's shape can be seen from the result; here every token counts.
  const writers = tools.filter(({ readOnly }) => !readOnly).map(describeTool);
  return [find, call, ...writers.map(({ outputSchema: _, ...listed }) => listed)];
}

/** Runs one of the tools above. */
export async function callSearch(name: string, rawInput: unknown, room: ToolRoom): Promise<CallToolResult> {
  if (name === "tools_find") return answer(room, () => found(read(findInput, rawInput, name).words, room.tools));
  if (name !== "tools_call") return await callTool(name, rawInput, room);
  const asked = callInput.safeParse(rawInput);
  if (!asked.success) return answer(room, () => read(callInput, rawInput, name));
  const { tool, input } = asked.data;
  if (room.tools.some((entry) => entry.name === tool && !entry.readOnly)) {
    return answer(room, () => {
      throw new InputError(`${tool} writes; tools_call only reads, and nothing was done.`, `Call ${tool} itself.`);
    });
  }
  return await callTool(tool, input, room);
}

function answer(room: ToolRoom, make: () => Readonly<Record<string, unknown>>): CallToolResult {
  try {
    return toToolResult(make(), room.redact);
  } catch (error) {
    return errorResult(error, room.redact);
  }
}

function read<T extends z.ZodObject>(schema: T, rawInput: unknown, name: string): z.output<T> {
  const parsed = schema.safeParse(rawInput ?? {});
  if (parsed.success) return parsed.data;
  throw new InputError(`${name} can't use these arguments.`, `It takes: ${Object.keys(schema.shape).join(", ")}.`);
}

/** The tools whose name or description says most of the words, with what each takes; all names where none does. */
function found(words: string, tools: readonly Tool[]): Readonly<Record<string, unknown>> {
  const wanted = [...new Set(words.toLowerCase().match(/[a-z0-9]+/g) ?? [])].filter(
    (word) => word.length >= shortestWord,
  );
  const hits = tools
    .filter(({ readOnly }) => readOnly)
    .map((tool) => ({ tool, score: scoreOf(tool, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, mostFound);
  const listed = hits.map(({ tool }) => {
    const { name, description, inputSchema } = describeTool(tool);
    return { name, description, input: inputSchema };
  });
  return {
    tools: listed,
    others: tools.map(({ name }) => name).filter((name) => !listed.some((one) => one.name === name)),
  };
}

function scoreOf({ name, title, description }: Tool, wanted: readonly string[]): number {
  const inName = `${name} ${title}`.toLowerCase();
  const inText = description.toLowerCase();
  return wanted.reduce((sum, word) => sum + (inName.includes(word) ? 3 : inText.includes(word) ? 1 : 0), 0);
}
